<?php header("Location: ../"); // nothing to look at in a folder
