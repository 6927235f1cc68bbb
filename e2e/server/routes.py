# Prints, as JSON, every route of the server with the methods that its view answers.
import json

import django

django.setup()

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, get_resolver


def methods(view):
    actions = getattr(view, 'actions', None)  # of a viewset: method → name of the function
    if actions:
        return [m.upper() for m in actions]
    cls = getattr(view, 'cls', None) or getattr(view, 'view_class', None)
    if cls is None:
        return ['GET']  # a function: which methods it takes is not to be seen
    return [m.upper() for m in cls.http_method_names if hasattr(cls, m)]


def walk(patterns, prefix=''):
    for p in patterns:
        route = prefix + str(p.pattern)
        if isinstance(p, URLPattern):
            shown = sorted(set(methods(p.callback)) - {'HEAD', 'OPTIONS', 'TRACE'})
            yield {'route': simplify_regex(route), 'methods': shown}
        else:
            yield from walk(p.url_patterns, route)


print(json.dumps(list(walk(get_resolver().url_patterns))))
