"""Words: names of tools and parameters, descriptions, and tools that only look alike."""

from dataclasses import dataclass

__all__ = [
    "ENTRIES",
    "LOOK_ALIKES",
    "TASKS",
    "TOOLS",
    "LookAlike",
]


@dataclass(frozen=True, slots=True)
class LookAlike:
    """One of several tools that are easily mixed up; ``task`` fits this one alone."""

    name: str
    description: str
    task: str


LOOK_ALIKES: tuple[tuple[LookAlike, ...], ...] = (
    (
        LookAlike(
            "move_file",
            "Move a file to another folder; it disappears from the old one.",
            "a file has to end up in another folder and must no longer be in its present one.",
        ),
        LookAlike(
            "copy_file",
            "Copy a file to another folder; the original stays in place.",
            "a second copy of a file is needed in another folder, the first one must remain.",
        ),
        LookAlike(
            "link_file",
            "Create a symbolic link to a file in another folder.",
            "another folder should get a mere pointer to a file, without any duplicated bytes.",
        ),
        LookAlike(
            "move_files",
            "Move a whole batch of files in one transaction.",
            "many files have to change their folder together, all of them or none.",
        ),
    ),
    (
        LookAlike(
            "search_issues",
            "Search issues by their text.",
            "find tickets by words that occur in them.",
        ),
        LookAlike(
            "search_issue",
            "Look up one issue by its number.",
            "show the single ticket whose number is known.",
        ),
        LookAlike(
            "list_issues",
            "List all open issues of a repository, newest first.",
            "give an overview of every ticket that is still open.",
        ),
        LookAlike(
            "searchIssues",
            "Search archived issues only (legacy index).",
            "find tickets in the old archive, not among the current ones.",
        ),
    ),
    (
        LookAlike(
            "create_event",
            "Create a new calendar event.",
            "a new appointment has to be put into the calendar.",
        ),
        LookAlike(
            "update_event",
            "Change an existing calendar event.",
            "an appointment that is in the calendar already takes place at another time.",
        ),
        LookAlike(
            "create_events",
            "Create a series of recurring calendar events.",
            "an appointment that repeats every week has to be put into the calendar.",
        ),
        LookAlike(
            "cancel_event",
            "Cancel a calendar event and tell its guests.",
            "an appointment does not take place any more and the guests should know.",
        ),
    ),
    (
        LookAlike(
            "deploy_service",
            "Deploy a new version of a service.",
            "a fresh release of a service has to go live.",
        ),
        LookAlike(
            "redeploy_service",
            "Deploy the present version of a service once more.",
            "the release that is live already has to be rolled out again, unchanged.",
        ),
        LookAlike(
            "rollback_service",
            "Return a service to its previous version.",
            "the latest release is broken, so the one before it has to come back.",
        ),
        LookAlike(
            "deploy_service_dry_run",
            "Check a deployment of a service without carrying it out.",
            "find out what a rollout would do, but change nothing.",
        ),
    ),
    (
        LookAlike(
            "import_rows",
            "Import rows from a file into a table and keep what is there.",
            "data from a file has to be added to a table that already holds some.",
        ),
        LookAlike(
            "import_table",
            "Import a file as a new table.",
            "data from a file has to become a table that does not exist yet.",
        ),
        LookAlike(
            "replace_rows",
            "Empty a table, then import rows from a file.",
            "a table's old contents should vanish and those of a file take their place.",
        ),
        LookAlike(
            "export_rows",
            "Export the rows of a table to a file.",
            "what a table holds has to be written out to a file.",
        ),
    ),
)
"""Families of tools with near-duplicate names and descriptions."""

TASKS: dict[str, str] = {tool.description: tool.task for group in LOOK_ALIKES for tool in group}
"""A job in other words, by the description of the only tool that does it."""

TOOLS: tuple[tuple[str, str], ...] = (
    ("run_import", "Import a data file into the warehouse."),
    ("update_settings", "Change the settings of a project."),
    ("create_ticket", "Open a ticket in the issue tracker."),
    ("send_message", "Send a message to a channel."),
    ("query_metrics", "Query a time series."),
    ("apply_patch", "Apply a patch to a working tree."),
    ("schedule_job", "Schedule a background job."),
    ("upsert_contact", "Create or update a contact."),
    ("provision_cluster", "Provision a compute cluster."),
    ("render_report", "Render a report from a template."),
    ("set_thermostat", "Set the target temperature of a room."),
    ("charge_card", "Charge a stored payment card."),
    ("navigate_page", "Open a page in the browser."),
    ("write_object", "Write an object to a storage bucket."),
    ("tag_resources", "Attach tags to cloud resources."),
    ("translate_text", "Translate a text into another language."),
    ("resize_image", "Resize an image."),
    ("book_room", "Book a meeting room."),
    ("merge_branch", "Merge one branch into another."),
    ("rotate_secret", "Replace a secret by a new one."),
    ("configure_pipeline", "Configure the stages of a build pipeline."),
    ("submit_order", "Submit an order."),
    ("label_dataset", "Label the items of a data set."),
    ("restore_backup", "Restore a backup."),
)
"""Ordinary tools: name and description."""

ENTRIES: tuple[str, ...] = (
    "alpha",
    "beta",
    "gamma",
    "delta",
    "eu-west-1",
    "us-east-2",
    "primary",
    "fallback",
    "team_a",
    "x1",
    "cost centre",
    "a.b/c",
    "größe",
    "007",
    "__proto__",
    "toString",
)
"""Keys of maps."""
