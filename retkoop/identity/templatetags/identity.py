"""The template tag of forms that write; built in to every template."""

import uuid

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from retkoop.identity.operations import posted_key

register = template.Library()


@register.simple_tag(takes_context=True)
def operation_key(context: Context, *, fresh: bool = False) -> SafeString:
    """The hidden field of a form's one-use key.

    A form shown again after an error keeps its key, which was not consumed;
    `fresh=True` for the other forms of such a page.
    """
    request = context.get("request")
    posted = posted_key(request) if request is not None and request.method == "POST" and not fresh else ""
    return format_html('<input type="hidden" name="operation_key" value="{}">', posted or uuid.uuid4().hex)
