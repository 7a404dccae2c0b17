"""Claims of organizations about observables."""
