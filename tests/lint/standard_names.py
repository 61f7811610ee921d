"""Which standard header gives which name. A build whose standard headers are precompiled does not tell who forgot one."""

import re

from lint.includes import includes

_HEADERS = {
    "algorithm": "max min clamp any_of all_of none_of find_if find sort ranges::find ranges::any_of ranges::all_of ranges::none_of "
                 "ranges::find_if ranges::find_if_not ranges::sort ranges::transform ranges::equal ranges::copy ranges::copy_if ranges::count "
                 "ranges::count_if ranges::replace ranges::replace_if ranges::remove ranges::reverse ranges::unique ranges::search "
                 "ranges::mismatch ranges::min ranges::max_element ranges::is_permutation",
    "array": "array to_array",
    "atomic": "atomic",
    "charconv": "from_chars to_chars",
    "chrono": "chrono",
    "concepts": "integral",
    "condition_variable": "condition_variable condition_variable_any",
    "cstddef": "size_t byte ptrdiff_t",
    "cstdint": "uint8_t uint16_t uint32_t uint64_t int32_t int64_t",
    "cstdlib": "getenv malloc",
    "cstring": "memcpy memcmp strlen strchr strcmp strncpy",
    "deque": "deque",
    "expected": "expected unexpected",
    "filesystem": "filesystem",
    "fstream": "ifstream ofstream",
    "functional": "function equal_to hash reference_wrapper not_fn",
    "iterator": "back_inserter inserter make_move_iterator move_iterator istreambuf_iterator",
    "limits": "numeric_limits",
    "map": "map",
    "memory": "unique_ptr shared_ptr weak_ptr make_unique make_shared make_unique_for_overwrite",
    "mutex": "mutex lock_guard scoped_lock unique_lock",
    "optional": "optional nullopt",
    "random": "random_device uniform_int_distribution",
    "set": "set",
    "span": "span as_bytes as_writable_bytes",
    "sstream": "istringstream",
    "stop_token": "stop_token stop_source stop_callback",
    "string": "string to_string",
    "string_view": "string_view",
    "system_error": "errc error_code generic_category system_error",
    "thread": "jthread thread this_thread",
    "tuple": "tuple tie ignore",
    "type_traits": "is_integral_v remove_pointer_t",
    "unordered_map": "unordered_map",
    "unordered_set": "unordered_set",
    "utility": "move pair exchange as_const",
    "variant": "variant visit get_if",
    "vector": "vector",
}
_HEADER_OF = {name: header for header, names in _HEADERS.items() for name in names.split()}
_FREE = {"less", "is_void_v", "invoke_result_t"}  # what every container and every template's header brings along
_COMMENT_OR_TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"', re.DOTALL)
_USED = re.compile(r"\bstd::(ranges::[a-z_0-9]+|[a-z_0-9]+)")


def used(text):
    """The names of std:: in the code, each once."""
    return sorted(set(_USED.findall(_COMMENT_OR_TEXT.sub("", text))) - _FREE)


def standard_headers(text, find):
    """Those that the file includes, itself or by headers of the project. `find`: a header's name -> its text, or None for others."""
    seen, found, waiting = set(), set(), [text]
    while waiting:
        for _, name in includes(waiting.pop()):
            if name in seen:
                continue
            seen.add(name)
            inside = find(name)
            if inside is None:
                found.add(name)
            else:
                waiting.append(inside)
    return found


def unlisted(text):
    """Names that the table does not know, so nothing could be said of them."""
    return [name for name in used(text) if name not in _HEADER_OF]


def forgotten(text, find):
    """{name: the header that gives it} of what the file uses and nobody includes for it."""
    present = standard_headers(text, find)
    return {name: _HEADER_OF[name] for name in used(text) if name in _HEADER_OF and _HEADER_OF[name] not in present}
