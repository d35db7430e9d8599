"""Certificates: numbers, printed documents, the register and its verification."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the register, the public's verification, the job that prints, the commands and the sample."""
    from certificates import commands, erasing, permissions, plugs, views
    from certificates import samples as samples
    from certificates import tasks as tasks
    from certificates.batches import commands as batch_commands
    from certificates.batches import tasks as batch_tasks  # noqa: F401 - registers its job and its sweep
    from certificates.designs import samples as designs_of_the_sample  # noqa: F401 - registers its step
    from certificates.lifecycle import commands as lifecycle_commands
    from certificates.photos import samples as photos_of_the_sample  # noqa: F401 - registers its step
    from certificates.renewals import tasks as renewal_tasks  # noqa: F401 - registers its sweep
    from certificates.signing import desk

    desk.init_app(app)
    permissions.register()
    views.plug_in(app)
    plugs.plug_in()
    batch_commands.register()
    lifecycle_commands.register()
    erasing.plug_in()
    commands.register(app)
