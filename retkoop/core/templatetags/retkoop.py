"""Template tags of the house: amounts, dates, links that keep the year in view, icons, fields."""

from django import template

register = template.Library()
