"""The blueprint that both groups of pages hang on, so that their endpoints share one name."""

from flask import Blueprint

bp = Blueprint("courses", "courses", template_folder="templates")
