from . import res_partner  # noqa: F401 (importing it registers the model)
