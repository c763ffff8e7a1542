#!/usr/bin/env python3
"""Chat templates and what transformers renders from them, as JSON for ChatTemplateTest.

    python make_template_goldens.py > ../../model-ops/src/test/resources/golden/templates.json

The environment is the one that transformers 5 builds in `utils/chat_template_utils.py`: an immutable sandbox with
trim_blocks, lstrip_blocks and loop controls, `raise_exception`, and a `tojson` that keeps characters as they are.
"""
import json
import sys

import jinja2
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

USER = [{"role": "user", "content": "How many boats are there?"}]
CHAT = USER + [{"role": "assistant", "content": " Seven.\n"},
               {"role": "user", "content": "\u00a0 Why \u00e9t\u00e9? \U0001F600 {{ 7*7 }}{% if x %} \u4e16\t "}]
SYSTEM = [{"role": "system", "content": " Count. "}] + CHAT
VALUES = {"b": 1, "a": [1, "\u00e9<&'", True, None], "c": {"q": "x\"y\n\\\u0001"}, "e": {}, "f": []}

# Whole templates, in the manners of the families: blocks with and without whitespace control.
CHATS = {
    "one message": "{{ messages[0]['content'] }}<sep>",
    "one message, spelt otherwise": "A {{- messages[0].content -}}  B\n",
    "brackets and system folded into the first turn":
        "{% if messages[0]['role'] == 'system' %}{% set rest = messages[1:] %}{% set sys = messages[0]['content'] %}"
        "{% else %}{% set rest = messages %}{% set sys = false %}{% endif %}{% for m in rest %}"
        "{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}"
        "{% if loop.index0 == 0 and sys != false %}{% set c = '<<SYS>>\\n' + sys + '\\n<</SYS>>\\n\\n' + m['content'] %}"
        "{% else %}{% set c = m['content'] %}{% endif %}{% if m['role'] == 'user' %}"
        "{{ bos_token + '[INST] ' + c.strip() + ' [/INST]' }}{% elif m['role'] == 'assistant' %}"
        "{{ ' ' + c.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
    "indented with line breaks": """
{% for message in messages %}
    {% if message['role'] == 'user' %}
        {{ ' ' }}
    {% endif %}
    {{ message['content'] }}
    {% if not loop.last %}
        {{ '  ' }}
    {% endif %}
{% endfor %}
{{ eos_token }}
""",
    "headers": "{{- bos_token }}\n{%- if tools is defined and tools %}\n    {{- 'tools' }}\n{%- endif %}\n"
               "{%- for message in messages %}\n    {{- '<|start|>' + message['role'] + '<|end|>\\n\\n' + message['content'] | trim + eos_token }}\n"
               "{%- endfor %}\n{%- if add_generation_prompt %}\n    {{- '<|start|>assistant<|end|>\\n\\n' }}\n{%- endif %}\n",
    "thoughts cut away": "{%- for m in messages %}{%- set text = m.content %}{%- if '?' in text %}"
                         "{%- set text = text.split('?')[-1].lstrip('\\n') %}{%- endif %}{{- m.role ~ ':' ~ text ~ ';' }}{%- endfor %}",
    "namespace and loop controls":
        "{% set ns = namespace(n=0, last='') %}{% for m in messages %}{% if m.role == 'system' %}{% continue %}{% endif %}"
        "{% if ns.n == 2 %}{% break %}{% endif %}{% set ns.n = ns.n + 1 %}{% set ns.last = m.content %}{{ ns.n }}. {% endfor %}{{ ns.last }}",
    "macro": "{% macro turn(m, end='|') %}<{{ m.role }}>{{ m.content|trim }}{{ end }}{% endmacro %}"
             "{% for m in messages %}{{ turn(m) }}{{ turn(m, end='!') }}{% endfor %}",
    "generation": "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}",
    "last and first": "{{ messages[-1]['content'] }}{{ (messages|last).role }}{{ (messages|first)['role'] }}{{ messages|length }}",
    "chosen": "{{ messages|selectattr('role','equalto','user')|list|length }} {{ messages|map(attribute='role')|join(',') }}",
}
# Small ones: one thing each.
SMALL = {
    "truth values": "{{ true }} {{ 1 == 1.0 }} {{ not true }} {{ 1.0 }} {{ 1/2 }} {{ 7//2 }} {{ 7%3 }}",
    "values": "{{ [1,'a',true] }} {{ d }} {{ d.a }}",
    "json": "{{ d|tojson }} {{ d|tojson(indent=2) }} {{ d.a|tojson(indent=4) }}",
    "slices": "{{ 'abcdef'[1:3] }} {{ 'abcdef'[-2:] }} {{ 'abcdef'[:2] }} {{ [1,2,3][1:] }}",
    "undefined": "[{{ x }}][{{ d.nope }}][{{ d['nope'] is defined }}][{{ x|default('y') }}][{{ ''|default('q', true) }}]",
    "loop": "{% for i in range(5) %}{% if i==1 %}{% continue %}{% endif %}{% if i==4 %}{% break %}{% endif %}"
            "{{ loop.index }}:{{ loop.first }}{{ loop.last }} {% endfor %}",
    "loop places": "{% for i in [5,6,7] %}{{ loop.index0 }}{{ loop.length }}{{ loop.revindex }}{{ loop.revindex0 }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "dictionary": "{% for k,v in d.items() %}{{ k }}={{ v }};{% endfor %}{% for k,v in d|items %}{{ k }};{% endfor %}"
                  "{% for k in d %}{{ k }},{% endfor %}{{ d.get('z', 'none') }}{{ d.get('b') }}{{ d.keys()|list }}",
    "text methods": "{{ 'a-b-c'.split('-')[1] }}|{{ ' x '.strip() }}|{{ 'abc'.upper() }}|{{ 'abc'.startswith('ab') }}|{{ 'abc'.replace('b','x') }}|"
                    "{{ ' x'.lstrip() }}|{{ 'x '.rstrip() }}|{{ 'abc'.endswith('c') }}|{{ 'a b  c '.split() }}|{{ 'a b '.split(' ') }}|{{ 'xxa'.lstrip('x') }}|"
                    "{{ 'a,b,c'.split(',', 1) }}|{{ 'abc'.find('c') }}|{{ ','.join(['a','b']) }}|{{ 'ab'.capitalize() }}|{{ 'aa'.count('a') }}",
    "membership": "{{ 'a' in 'abc' }} {{ 'a' in ['b'] }} {{ 'k' in {'k':1} }} {{ 'z' not in 'abc' }}",
    "scope": "{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{% endfor %}{{ x }}",
    "set block": "{% set x %}ab{{ 1 }}{% endset %}{{ x }}",
    "white space 1": "  {% if true %}\n  hi\n  {% endif %}\nend\n",
    "white space 2": "a\n    {%- if true %}\n   b {{- 'c' -}}  d\n  {%- endif %}\n\n e",
    "white space 3": "a {% if true %} b {% endif %} c\n\t{% set x = 1 %} \n{{ x }}\n\n{{ x }}",
    "white space 4": "a\n  {%+ if true %}\n b\n{%+ endif +%}\n c {%- if true -%} \n d {% endif %}",
    "comment": "a {# x #}\nb\n{#- y -#}\n c\n  {# z #}\nd {# {{ no }} ' #} e",
    "tests": "{{ 1 is number }} {{ 'a' is string }} {{ [] is iterable }} {{ {} is mapping }} {{ none is none }} {{ [] is sequence }} {{ x is not defined }} {{ false is false }}",
    "precedence": "{{ 'a' + ' b ' | trim + 'c' }} {{ (1,2)|length }} {{ 1 if false else 2 if false else 3 }} {{ 1 + 2 * 3 }} {{ not (1 == 2) and true }}",
    "quotes": "{{ '<b>&' }} {{ \"it's\" }} {{ 'q\"q' }} {{ 'back\\\\slash' }} {{ '}}' }} {{ '%}' }} {{ 'a\\nb\\t' }}",
    "nested": "{% for a in [[1,2],[3]] %}{% for b in a %}{{ loop.index }}{{ b }}{% endfor %};{% endfor %}",
    "length in characters": "{{ '\u00e9\U0001F600'|length }} {{ '\u00e9\U0001F600'[1] }} {{ '\u00e9'|count }}",
    "emptiness": "{% if '' %}a{% endif %}{% if [] %}b{% endif %}{% if {} %}c{% endif %}{% if 0 %}d{% endif %}{% if none %}e{% endif %}f",
    "else": "{% if x %}1{% elif d %}2{% else %}3{% endif %}{{ 'a' if x is defined else 'b' }}{{ 'c' if not x }}",
    "numbers": "{{ 10 // 3 }} {{ 10 / 5 }} {{ -7 // 2 }} {{ 3|float }} {{ '3'|int + 1 }} {{ 3|string + 'x' }}",
    "last line breaks": "x\n\n",
    "space of Python": "{{ '\u00a0\u2003 x \u3000\x1c' | trim }}|{{ '\u00a0x'.strip() }}",
}


def environment():
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    class Generation(jinja2.ext.Extension):
        tags = {"generation"}

        def parse(self, parser):
            next(parser.stream)
            return jinja2.nodes.Scope(list(parser.parse_statements(["name:endgeneration"], drop_needle=True)))

    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, Generation])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    return env


def main():
    env = environment()
    cases = []

    def add(name, template, names):
        try:
            result = {"rendered": env.from_string(template).render(**names)}
        except jinja2.exceptions.TemplateError as e:
            result = {"raised": str(e)}
        cases.append({"name": name, "template": template, "names": names, **result})

    for name, template in CHATS.items():
        for label, messages in (("user", USER), ("chat", CHAT), ("system", SYSTEM), ("wrong", CHAT[1:])):
            for generate in (False, True):
                add(f"{name}: {label} {generate}", template, {"messages": messages, "add_generation_prompt": generate,
                                                              "bos_token": "<s>", "eos_token": "</s>"})
    for name, template in SMALL.items():
        add(name, template, {"messages": SYSTEM, "d": VALUES})
    json.dump(cases, sys.stdout, ensure_ascii=True, indent=1)
    print()


if __name__ == "__main__":
    main()
