#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace failover {

/// Given the path of every element that ends ("A/B/C", without namespaces) and its text; false stops the walk.
using OnXmlEnd = std::function<bool(std::string_view path, const std::string& text)>;

/// Walks over a document. False when it is not well-formed, has a document type (entities of its own), more than 64 KiB
/// in one element, more than 16 levels, or when `on_end` stopped it.
bool walk_xml(std::string_view xml, const OnXmlEnd& on_end);

}  // namespace failover
