"""The makers of the sample models: one module a subject; `make_samples.py` beside this folder runs them."""
