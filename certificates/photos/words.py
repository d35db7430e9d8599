"""What is wrong with a picture, and why a file is nobody's, in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from certificates.photos.rules import Doubt, Problem

PROBLEMS = {
    Problem.EMPTY: _l("The file is empty. Choose another one."),
    Problem.TOO_LARGE: _l("The picture has more than 10 MB. Send a smaller one."),
    Problem.HEIF: _l(
        "The picture is in a format of phones (HEIC or AVIF) that cannot be printed. Save it as JPEG; on an iPhone "
        "choose Settings, Camera, Formats, Most Compatible, or send a screenshot of it."
    ),
    Problem.NO_PICTURE: _l("This is no JPEG, PNG or WebP picture, whatever its name says. Choose the photo itself."),
    Problem.DAMAGED: _l("The picture is damaged or cut off. Open it on your own device, then save and send it again."),
    Problem.TOO_MANY_PIXELS: _l(
        "The picture has far too many pixels. Make it smaller, or cut it to head and shoulders."
    ),
    Problem.TOO_SMALL: _l(
        "The picture has too few pixels to be printed: once cut upright it needs at least 200 × 280. Send a larger one."
    ),
    Problem.MOVING: _l("This is a moving picture. Send a still one."),
}
DOUBTS = {
    Doubt.NUMBER_UNKNOWN: _l("Nobody in this cohort has the number in the file's name. Correct the name of the file."),
    Doubt.NUMBERS_DIFFER: _l("The numbers in the file's name are not of one person. Leave one number in it."),
    Doubt.NAME_UNKNOWN: _l(
        "Nobody in this cohort is called that. Name the file by identity number, mobile number or the full name."
    ),
    Doubt.NAME_OF_SEVERAL: _l(
        "Several people in this cohort are called that. Name the file by identity number or mobile number."
    ),
}
