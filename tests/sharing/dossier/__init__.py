"""The page of an observable, its history and its graph."""
