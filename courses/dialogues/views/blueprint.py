"""The blueprint that both groups of pages hang on, so that their endpoints share one name."""

from flask import Blueprint

bp = Blueprint("dialogues", "courses.dialogues", template_folder="../templates")
