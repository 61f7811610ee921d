#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/observer.hpp>

#include "core/url.hpp"
#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "probe/registry.hpp"

using failover::Target;
using failover::TargetPath;
using failover::test::must;

namespace {

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
}

/// The path as a URL has it: a page's is kept as it was written, the others are decoded.
std::string encoded_path(const Target& target, TargetPath kind) {
  switch (kind) {
    case TargetPath::none:
      return {};
    case TargetPath::page:
      return target.path;
    case TargetPath::name:
      return "/" + failover::percent_encode(target.path, "");
    case TargetPath::program:
      return failover::percent_encode(target.path, "/");
  }
  return {};
}

/// The target written anew from its parts.
std::string rebuilt(const Target& target, TargetPath kind) {
  auto place = failover::percent_encode(target.host, ":");
  if (target.port != 0) {
    place = failover::host_and_port(place, target.port);
  } else if (place.contains(':')) {
    place = "[" + place + "]";
  }
  auto text = fmt::format("{}://{}{}", target.scheme, place, encoded_path(target, kind));
  for (const auto& [name, value] : target.parameters) {
    text += fmt::format("{}{}={}", text.contains('?') ? '&' : '?', name, failover::percent_encode(value, ""));
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = failover::test::as_text(data, size);
  const auto target = failover::parse_target(text);
  if (!target) return 0;
  must(target->text == text, "a target's identity is its text");
  must(!has_control(text), "blanks and control characters are refused");
  const auto* const kind = failover::find_target_kind(target->scheme);
  must(kind != nullptr, "a target is of a known kind");
  must(target->host.empty() == (kind->path == TargetPath::program), "a target has a host, unless it is a program");
  must(!has_control(target->host) && target->host.find_first_of("/@?#\"<>\\") == std::string::npos,
       "a host goes into requests as it is");
  must(kind->path != TargetPath::page || !has_control(target->path), "a page's path cannot end a request line");
  must(kind->path != TargetPath::program || target->path.starts_with('/'), "a program is named by its absolute path");

  const auto again = failover::parse_target(rebuilt(*target, kind->path));
  must(again.has_value(), "a target written anew is a target");
  must(again->scheme == target->scheme && again->host == target->host && again->port == target->port &&
           again->path == target->path && again->parameters == target->parameters && again->weak() == target->weak(),
       "a target written anew is the same");
  return 0;
}
