from . import models  # noqa: F401 (importing it registers the model)
