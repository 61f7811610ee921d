#include "core/worker_error.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>

namespace failover {

namespace {

using nlohmann::json;

constexpr std::array kinds{ErrorKind::not_found,   ErrorKind::permission, ErrorKind::conflict,  ErrorKind::timeout,
                           ErrorKind::unreachable, ErrorKind::protocol,   ErrorKind::integrity, ErrorKind::io,
                           ErrorKind::usage,       ErrorKind::config};

}  // namespace

Error worker_error(std::string_view name, std::string_view body) {
  try {
    const auto told = json::parse(body);
    const auto said = told.at("kind").get<std::string>();
    const auto* const kind = std::ranges::find(kinds, said, [](ErrorKind each) { return to_string(each); });
    return {kind == kinds.end() ? ErrorKind::internal : *kind, told.at("message")};
  } catch (const json::exception& error) {
    return {ErrorKind::internal, std::string(name) + " answers with an error that is none: " + error.what()};
  }
}

}  // namespace failover
