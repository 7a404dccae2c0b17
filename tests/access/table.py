"""Every route and verb, and what each of the cast is answered there.

200 shown, 286 shown and complete, 202 taken, 302 done (`told`: refused with a sentence on
the next page), `in` led to where one signs in, 401 no valid key, 403 not with this role
or key, 404 not found: it is somebody else's, 405 no such verb, 409 not now, 422 unfit.

Alice is a manager of Meadow, and the things asked for are Meadow's. Frank, Bob, Dana and
Carol are managers elsewhere; Carol is party to nothing. Erin is hub staff. HEAD is as
GET. Any other verb is 405, for those who may be known; OPTIONS of the API tells the
verbs. A row with OTHER or OPTIONS is an exception to that.

The word after the verb is the right that it takes: who has which is in test_roles.py.
`own` is for everybody who signed in, `open` for everybody.

A new route needs a line here for each of its verbs, what it sends in bodies.py, and what
it is about in world.py.
"""

# Keys. Meadow's: all scopes, one alone, none; an analyst's key on which all were written.
# Staff have no keys: Erin comes with the session of her browser.
API = """
                                                                  alice  |  read  submit  withdraw  export  keys  audit  none  |  analyst  |  frank  bob  dana  carol  |  erin  nobody
# Who one is; what the hub can do
me                                          GET      own          200    |  200   200     200       200     200   200    200   |  200      |  200    200  200   200    |  401   401
api-schema                                  GET      open         200    |  200   200     200       200     200   200    200   |  200      |  200    200  200   200    |  200   200
api-docs                                    GET      open         200    |  200   200     200       200     200   200    200   |  200      |  200    200  200   200    |  200   200
# What Meadow sent, and its claims
submissions                                 GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  200   200    |  401   401
submissions                                 POST     submit       202    |  403   202     403       403     403   403    403   |  202      |  202    202  202   202    |  401   401
submissions/check                           POST     check        200    |  403   403     403       403     403   403    403   |  200      |  200    200  200   200    |  401   401
submissions/<submission_id>                 GET      read         200    |  200   403     403       403     403   403    403   |  200      |  404    404  404   404    |  401   401
submissions/<submission_id>/undo            POST     withdraw     202    |  403   403     202       403     403   403    403   |  403      |  404    404  404   404    |  401   401
submissions/<submission_id>/errors          GET      read         200    |  200   403     403       403     403   403    403   |  200      |  404    404  404   404    |  401   401
submissions/<submission_id>/results         GET      read         200    |  200   403     403       403     403   403    403   |  200      |  404    404  404   404    |  401   401
submissions/<held_id>/refuse                POST     withdraw     200    |  403   403     200       403     403   403    403   |  403      |  404    404  404   404    |  401   401
indicators                                  GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  200   200    |  401   401
indicators/<claim_id>/visibility            GET      read         200    |  200   403     403       403     403   403    403   |  200      |  404    404  404   404    |  401   401
# A stream that Meadow, Frank and Bob read, a release in it
collections                                 GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  200   200    |  401   401
collections/<collection_id>                 GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  404   404    |  401   401
collections/<collection_id>/releases        GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  404   404    |  401   401
collections/<collection_id>/keys            GET      keys         200    |  403   403     403       403     403   403    403   |  403      |  200    200  404   404    |  401   401
collections/<collection_id>/filter          GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  404   404    |  401   401
collections/<collection_id>/details         POST     read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  404   404    |  401   401
signing-keys                                GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  200   200    |  401   401
collections/<collection_id>/receipts        POST     read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  404   404    |  401   401
collections/<collection_id>/oprf/evaluate   POST      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  404   404    |  401   401
collections/<collection_id>/oprf/keys       GET       read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  404   404    |  401   401
lookups                                     POST     read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  200   200    |  401   401
releases/<release_id>/why                   GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  404   404    |  401   401
releases/<release_id>/feedback              GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  404   404    |  401   401
releases/<release_id>/feedback              DELETE   read         404    |  404   403     403       403     403   403    403   |  404      |  404    200  404   404    |  401   401
releases/<release_id>/related               GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  404   404    |  401   401
releases/<release_id>/graph                 GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  404   404    |  401   401
# What left of Meadow's, and of everybody's own
outgoing                                    GET      sharing      200    |  200   403     403       403     403   200    403   |  200      |  200    200  200   200    |  401   401
# What Bob said about it
feedback                                    GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  200   200    |  401   401
feedback                                    POST     read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  200   200    |  401   401
indicators/<claim_id>/feedback              GET      read         200    |  200   403     403       403     403   403    403   |  200      |  404    404  404   404    |  401   401
# A Notice to Meadow
notices                                     GET      notices      200    |  200   403     403       403     403   200    403   |  200      |  200    200  200   200    |  401   401
notices/<notice_id>/ack                     POST     read         200    |  200   403     403       403     403   403    403   |  200      |  404    404  404   404    |  401   401
# What waits for Meadow: the same Notice, among others
inbox                                       GET      inbox        200    |  200   403     403       403     403   200    403   |  200      |  200    200  200   200    |  401   401
inbox/decisions                             POST     read         200    |  200   403     403       403     403   403    403   |  200      |  404    404  404   404    |  401   401
# A watchlist of Meadow's
watchlists                                  GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  200   200    |  401   401
watchlists                                  POST     read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  200   200    |  401   401
watchlists/<watchlist_id>                   DELETE   read         204    |  204   403     403       403     403   403    403   |  204      |  404    404  404   404    |  401   401
# A saved filter of Meadow's
release-filters                             GET      read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  200   200    |  401   401
release-filters                             POST     read         200    |  200   403     403       403     403   403    403   |  200      |  200    200  200   200    |  401   401
release-filters/<filter_id>                 GET      read         200    |  200   403     403       403     403   403    403   |  200      |  404    404  404   404    |  401   401
release-filters/<filter_id>                 PUT      read         200    |  200   403     403       403     403   403    403   |  200      |  404    404  404   404    |  401   401
release-filters/<filter_id>                 DELETE   read         204    |  204   403     403       403     403   403    403   |  204      |  404    404  404   404    |  401   401
# The coalition's Version: of Frank, Bob and Dana too
agreement-versions/<version_id>/simulation  POST     audit        200    |  403   403     403       403     403   200    403   |  403      |  200    200  200   404    |  401   401
# With Bob: a draft that Alice wrote, which nobody else sees, and its document
agreement-versions/<version_id>/document    GET      audit        200    |  403   403     403       403     403   200    403   |  403      |  404    404  404   404    |  401   401
"""

# People, in the browser: analyst, signatory and auditor are Meadow's.
PAGES = """
                                                 alice  analyst  signatory  auditor  |  frank  bob  dana  carol  |  erin  nobody
# What Meadow sent
submissions                GET      read         200    200      403        403      |  200    200  200   200    |  403   in
submissions                POST     submit       302    302      403        403      |  302    302  302   302    |  403   in
submission-check           POST     check        200    200      403        403      |  200    200  200   200    |  403   in
submission                 GET      read         200    200      403        403      |  404    404  404   404    |  403   in
submission-progress        GET      read         286    286      403        403      |  404    404  404   404    |  403   in
submission-undo            POST     withdraw     302    403      403        403      |  404    404  404   404    |  403   in
submission-mend            POST     submit       302    302      403        403      |  404    404  404   404    |  403   in
submission-problems        GET      read         200    200      403        403      |  404    404  404   404    |  403   in
overrule                   POST     withdraw     302    403      403        403      |  404    404  404   404    |  403   in
# Meadow's claims
claims                     GET      read         200    200      403        403      |  200    200  200   200    |  403   in
claims                     POST     read         302    302      403        403      |  422    422  422   422    |  403   in
feedback                   GET      read         200    200      403        403      |  200    200  200   200    |  403   in
claim                      GET      read         200    200      403        403      |  404    404  404   404    |  403   in
# Of Meadow, waiting for a second person; what waits everywhere
submission-approve         POST     decide       302    403      403        403      |  404    404  404   404    |  302   in
submission-refuse          POST     decide       302    403      403        403      |  404    404  404   404    |  302   in
held                       GET      waiting      403    403      403        403      |  403    403  403   403    |  200   in
# Of hub staff alone: health, queues, who comes in, keys, quotas
staff                      GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-health               GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-queues               GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-retry                POST     staff        404    404      404        404      |  404    404  404   404    |  302   in
staff-give-up              POST     staff        404    404      404        404      |  404    404  404   404    |  302   in
staff-organizations        GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-new                  GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-new                  POST     staff        404    404      404        404      |  404    404  404   404    |  302   in
staff-organization         GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-details              GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-details              POST     staff        404    404      404        404      |  404    404  404   404    |  302   in
staff-people               GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-people               POST     staff        404    404      404        404      |  404    404  404   404    |  302   in
staff-connection           GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-vouch                GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-vouch                POST     staff        404    404      404        404      |  404    404  404   404    |  302   in
staff-drafting             GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-keys                 GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-rotation             GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-rotation             POST     staff        404    404      404        404      |  404    404  404   404    |  302   in
staff-quotas               GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-quota                GET      staff        404    404      404        404      |  404    404  404   404    |  200   in
staff-quota                POST     staff        404    404      404        404      |  404    404  404   404    |  302   in
lookup-alarms              GET      waiting      403    403      403        403      |  403    403  403   403    |  200   in
# What anybody asks for
look-up                    GET      read         200    200      403        403      |  200    200  200   200    |  403   in
look-up                    POST     read         200    200      403        403      |  200    200  200   200    |  403   in
# What Meadow, Frank and Bob receive; a Notice to Meadow
received                   GET      read         200    200      403        403      |  200    200  200   200    |  403   in
collection                 GET      read         200    200      403        403      |  200    200  404   404    |  403   in
collection-details         POST     read         200    200      403        403      |  200    200  404   404    |  403   in
indicator                  GET      read         200    200      403        403      |  200    200  404   404    |  403   in
indicator-graph            GET      read         200    200      403        403      |  200    200  404   404    |  403   in
indicator-graph-data       GET      read         200    200      403        403      |  200    200  404   404    |  403   in
release-why                GET      read         200    200      403        403      |  200    200  404   404    |  403   in
feedback-of-many           POST     read         200    200      403        403      |  200    200  200   200    |  403   in
feedback-take-back         POST     said         404    404      403        403      |  404    302  404   404    |  403   in
notices                    GET      notices      200    200      200        200      |  200    200  200   200    |  200   in
notice-acknowledge         POST     read         302    302      403        403      |  404    404  404   404    |  403   in
connect                    GET      read         200    200      403        403      |  200    200  200   200    |  403   in
# What Meadow gives and reads, and how far everybody is with it; what left today
sharing                    GET      sharing      200    200      200        200      |  200    200  200   200    |  403   in
sharing-receipts           GET      receipts     200    403      200        200      |  200    200  200   200    |  403   in
sharing-acknowledge        POST     read         302    302      403        403      |  302    302  404   404    |  403   in
outgoing                   GET      sharing      200    200      200        200      |  200    200  200   200    |  403   in
outgoing-csv               GET      sharing      200    200      200        200      |  200    200  200   200    |  403   in
outgoing-claims            GET      read         200    200      403        403      |  404    404  404   404    |  403   in
insights                   GET      insights     200    200      200        200      |  200    200  200   200    |  200   in
insights-table             GET      sharing      200    200      200        200      |  200    200  200   200    |  404   in
# What waits for Meadow: the same Notice, among others
inbox                      GET      inbox        200    200      200        200      |  200    200  200   200    |  403   in
inbox-entry                GET      inbox        200    200      200        200      |  404    404  404   404    |  403   in
inbox-open                 POST     inbox        302    302      302        302      |  404    404  404   404    |  403   in
inbox-take-over            POST     read         302    302      403        403      |  404    404  404   404    |  403   in
inbox-decide               POST     read         302    302      403        403      |  404    404  404   404    |  403   in
# A watchlist of Meadow's
watchlists                 GET      read         200    200      403        403      |  200    200  200   200    |  403   in
watchlists                 POST     read         302    302      403        403      |  302    302  302   302    |  403   in
watchlist-remove           POST     read         302    302      403        403      |  404    404  404   404    |  403   in
# A saved filter of Meadow's
release-filters            GET      read         200    200      403        403      |  200    200  200   200    |  403   in
release-filters            POST     read         302    302      403        403      |  302    302  302   302    |  403   in
release-filter             GET      read         200    200      403        403      |  404    404  404   404    |  403   in
release-filter             POST     read         302    302      403        403      |  404    404  404   404    |  403   in
release-filter-remove      POST     read         302    302      403        403      |  404    404  404   404    |  403   in
# The coalition: of Frank, Bob and Dana too
agreements                 GET      audit        200    403      200        200      |  200    200  200   200    |  200   in
agreement                  GET      audit        200    403      200        200      |  200    200  200   404    |  200   in
agreement-version          GET      audit        200    403      200        200      |  200    200  200   404    |  200   in
agreement-print            GET      audit        200    403      200        200      |  200    200  200   404    |  200   in
agreement-difference       GET      audit        200    403      200        200      |  200    200  200   404    |  200   in
agreement-simulation       GET      audit        200    403      200        200      |  200    200  200   404    |  200   in
agreement-suspend          GET      suspend      403    403      200        403      |  403    403  403   404    |  200   in
agreement-suspend          POST     suspend      403    403      302        403      |  403    403  403   404    |  302   in
agreement-leave            GET      sign         403    403      200        403      |  403    403  403   404    |  403   in
agreement-leave            POST     sign         403    403      302        403      |  403    403  403   404    |  403   in
agreement-terminate        GET      end          403    403      403        403      |  403    403  403   404    |  200   in
agreement-terminate        POST     end          403    403      403        403      |  403    403  403   404    |  302   in
agreement-invite           POST     draft        302    403      403        403      |  302    302  302   404    |  302   in
agreement-invite-withdraw  POST     draft        302    403      403        403      |  302    302  302   404    |  302   in
# With Dana: suspended by Meadow
agreement-resume           GET      suspend      403    403      200        403      |  404    404  403   404    |  200   in
agreement-resume           POST     suspend      403    403      302        403      |  404    404  403   404    |  302   in
# With Bob: proposed, to be signed or amended
agreement-sign             GET      sign         403    403      200        403      |  404    403  404   404    |  403   in
agreement-sign             POST     sign         403    403      302        403      |  404    403  404   404    |  403   in
agreement-amend            GET      draft        200    403      403        403      |  404    200  404   404    |  200   in
agreement-amend            POST     draft        302    403      403        403      |  404    302  404   404    |  302   in
# With Bob: a draft that Alice wrote, which nobody else sees
agreement-draft            GET      draft        200    403      403        403      |  200    200  200   200    |  200   in
agreement-draft            POST     draft        302    403      403        403      |  422    302  422   422    |  302   in
agreement-check            POST     draft        200    403      403        403      |  200    200  200   200    |  200   in
agreement-edit             GET      draft        200    403      403        403      |  404    404  404   404    |  200   in
agreement-edit             POST     draft        302    403      403        403      |  404    404  404   404    |  302   in
agreement-document         GET      contract     200    403      200        200      |  404    404  404   404    |  403   in
agreement-document         POST     attach       302    403      403        403      |  404    404  404   404    |  403   in
agreement-propose          POST     draft        302    403      403        403      |  404    404  404   404    |  302   in
# Meadow's people and keys
members                    GET      members      200    403      403        403      |  200    200  200   200    |  403   in
members                    POST     members      302    403      403        403      |  302    302  302   302    |  403   in
member-role                POST     appoint      302    403      403        403      |  404    404  404   404    |  302   in
member-remove              POST     appoint      302    403      403        403      |  404    404  404   404    |  302   in
invitation-withdraw        POST     appoint      302    403      403        403      |  404    404  404   404    |  302   in
credentials                GET      credentials  200    403      403        403      |  200    200  200   200    |  403   in
credentials                POST     credentials  200    403      403        403      |  200    200  200   200    |  403   in
credential-revoke          POST     credentials  302    403      403        403      |  404    404  404   404    |  404   in
switch-organization        POST     belong       302    302      302        302      |  404    404  404   404    |  404   in
# One's own sessions, data and views; the session and the view are Alice's
my-sessions                GET      own          200    200      200        200      |  200    200  200   200    |  200   in
my-sessions-end            POST     own          302    302      302        302      |  302    302  302   302    |  302   in
my-session-end             POST     mine         302    404      404        404      |  404    404  404   404    |  404   in
my-data                    GET      own          200    200      200        200      |  200    200  200   200    |  200   in
my-data-json               GET      own          200    200      200        200      |  200    200  200   200    |  200   in
view-save                  POST     own          302    302      302        302      |  302    302  302   302    |  302   in
view-forget                POST     mine         302    404      404        404      |  404    404  404   404    |  404   in
# One's own sign-in
second-factor              GET      own          200    200      200        200      |  200    200  200   200    |  200   in
second-factor-set-up       POST     own          200    200      200        200      |  200    200  200   200    |  200   in
second-factor-confirm      POST     own          200    200      200        200      |  200    200  200   200    |  200   in
second-factor-remove       POST     own          200    200      200        200      |  200    200  200   200    |  200   in
recovery-codes             POST     own          200    200      200        200      |  200    200  200   200    |  200   in
sign-out                   POST     open         302    302      302        302      |  302    302  302   302    |  302   302
sign-out                   OPTIONS  open         200    200      200        200      |  200    200  200   200    |  200   200
# For everybody; who is signed in need not sign in
landing                    GET      open         200    200      200        200      |  200    200  200   200    |  200   200
home                       GET      open         302    302      302        302      |  302    302  302   302    |  302   302
favicon.ico                GET      open         302    302      302        302      |  302    302  302   302    |  302   302
problem                    GET      open         200    200      200        200      |  200    200  200   200    |  200   200
sign-in                    GET      open         302    302      302        302      |  302    302  302   302    |  302   200
sign-in                    POST     open         302    302      302        302      |  302    302  302   302    |  302   200
sign-in                    OTHER    open         302    302      302        302      |  302    302  302   302    |  302   405
sign-in                    OPTIONS  open         302    302      302        302      |  302    302  302   302    |  302   200
sign-in-code               GET      open         302    302      302        302      |  302    302  302   302    |  302   302
sign-in-code               POST     open         302    302      302        302      |  302    302  302   302    |  302   302
password-reset             GET      open         200    200      200        200      |  200    200  200   200    |  200   200
password-reset             POST     open         200    200      200        200      |  200    200  200   200    |  200   200
password-reset-sent        GET      open         200    200      200        200      |  200    200  200   200    |  200   200
password-reset-done        GET      open         200    200      200        200      |  200    200  200   200    |  200   200
password-reset-confirm     GET      open         200    200      200        200      |  200    200  200   200    |  200   200
password-reset-confirm     POST     open         200    200      200        200      |  200    200  200   200    |  200   200
password-reset-confirm     OTHER    open         200    200      200        200      |  200    200  200   200    |  200   200
# Who has the link that was sent to somebody else
invitation                 GET      open         200    200      200        200      |  200    200  200   200    |  200   200
invitation                 POST     open         403    403      403        403      |  403    403  403   403    |  403   200
"""
