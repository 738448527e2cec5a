"""What is wrong with a request's fields, in sentences a clerk understands: the validator's codes → Chinese."""

from collections.abc import Mapping, Sequence
from typing import Any

_LONGEST_NAME = 60  # characters of a field's name that are repeated: names can be anything a stranger sends
_MOST = 20  # mistakes told at once

_PLAIN = {
    "missing": "缺少这一项，请补上。",
    "string_type": "应为文字。",
    "string_unicode": "含有无法识别的字符，请重新输入。",
    "string_pattern_mismatch": "格式不对，请对照接口文档检查。",
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "int_parsing_size": "数字过大。",
    "int_from_float": "应为整数。",
    "float_type": "应为数字。",
    "float_parsing": "应为数字。",
    "finite_number": "应为有限的数字。",
    "bool_type": "应为 true 或 false。",
    "bool_parsing": "应为 true 或 false。",
    "list_type": "应为列表。",
    "model_type": "应为 JSON 对象。",
    "model_attributes_type": "应为 JSON 对象。",
    "dict_type": "应为 JSON 对象。",
    "uuid_parsing": "应为 UUID，例如 0b1e3c9e-6f0f-4a55-9a52-5d2f3f1f7a10。",
    "uuid_type": "应为 UUID，例如 0b1e3c9e-6f0f-4a55-9a52-5d2f3f1f7a10。",
}


# How the validator calls the branches of “a number or a text”: only units are named in either way.
_BRANCHES = ("int", "str", "constrained-str", "constrained-int")
_UNIT = "应为单位的编号（数字）或编码（文字，最多 120 个字）。"


def sentences(errors: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Field → sentence. Fields inside others are joined by dots; the body as a whole is called “body”."""
    found: dict[str, str] = {}
    for error in errors[:_MOST]:
        name = _name(error["loc"])
        either = error["loc"][-1:] and error["loc"][-1] in _BRANCHES
        found.setdefault(name, _UNIT if either else _sentence(name, str(error["type"]), error.get("ctx", {})))
    return found


def _name(location: Sequence[Any]) -> str:
    # First the part of the request, then the view's own name for it where it is a body.
    rest = location[2:] if location[:1] == ("body",) else location[1:]
    # Branches of “a number or a text” carry the name of the branch last.
    parts = [str(part) for part in rest if part not in _BRANCHES]
    return ".".join(parts).encode("utf-8", "replace").decode()[:_LONGEST_NAME] or "body"


def _sentence(name: str, kind: str, context: Mapping[str, Any]) -> str:
    match kind:
        case "missing" if name == "body":
            return "请求内容是空的，请以 JSON 对象提交。"
        case "extra_forbidden":
            return f"没有“{name.rpartition('.')[2]}”这一项，请删去或改正名称。"
        case "enum" | "literal_error":
            return f"只能是其中之一：{context.get('expected', '')}。".replace(" or ", ", ").replace("'", "")
        case "string_too_long":
            return f"最多 {context['max_length']} 个字。"
        case "string_too_short":
            return f"至少 {context['min_length']} 个字。"
        case "too_long":
            return f"最多 {context['max_length']} 个。"
        case "greater_than_equal":
            return f"不能小于 {context['ge']:g}。"
        case "less_than_equal":
            return f"不能大于 {context['le']:g}。"
        case "value_error":
            return str(context.get("error", "")) or "填写有误。"
    return _PLAIN.get(kind, "格式不对，请对照接口文档检查。")
