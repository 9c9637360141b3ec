"""What versions of a shop's own wording are refused for."""

from tidings.kit.problem import Problem


class TemplateFaulty(Problem):
    """The wording is not sound: everything that is wrong with it is listed under `errors`, with pointers into it."""

    status = 422
    slug = "template-faulty"
    title = "Template not sound"


class TemplateAuthor(Problem):
    """Whoever wrote a part of a version neither approves nor publishes it. Name the person with `Tidings-Actor`."""

    status = 403
    slug = "template-author"
    title = "Author cannot approve or publish"


class TemplateStep(Problem):
    """Not possible where the version stands (`template_status`); `possible` is what can be done from there."""

    status = 409
    slug = "template-step"
    title = "Not possible in this status"


class TemplateReviewed(Problem):
    """Somebody was first: `approved_by` has approved this version already."""

    status = 409
    slug = "template-reviewed"
    title = "Template reviewed already"


class TemplateNotApproved(Problem):
    """The version waits for the word of somebody who did not write it, and is published after that."""

    status = 409
    slug = "template-not-approved"
    title = "Template not approved"


class TemplateNeverPublished(Problem):
    """Only what has been published before is rolled back to; words that never were go the usual way."""

    status = 409
    slug = "template-never-published"
    title = "Template never published"


class TemplateUnrenderable(Problem):
    """The wording and this order do not go together; `where` says at which part of the wording or of the order."""

    status = 422
    slug = "template-unrenderable"
    title = "Template cannot be rendered"
