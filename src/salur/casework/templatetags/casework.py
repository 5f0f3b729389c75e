"""Words of casework for its pages."""

from django import template

from salur.casework.rules import SUBJECTS

register = template.Library()


@register.simple_tag
def case_subject(code: str) -> str:
    """What is different, in the reader's language; an unknown code answers itself."""
    return str(SUBJECTS.get(code, code))
