#include "source/http_index.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>

namespace failover {

Result<std::vector<std::string>> parse_http_index(std::string_view text) {
  const auto not_an_index = [] { return fail(ErrorKind::protocol, "it is not an index as nginx writes it in JSON"); };
  const auto index = nlohmann::json::parse(text, nullptr, false);
  if (!index.is_array()) return not_an_index();
  std::vector<std::string> names;
  for (const auto& entry : index) {
    if (!entry.is_object()) return not_an_index();
    const auto name = entry.find("name");
    const auto type = entry.find("type");
    if (name == entry.end() || type == entry.end() || !name->is_string() || !type->is_string()) return not_an_index();
    auto value = name->get<std::string>();
    // A name is one step of a path and no more.
    const bool usable =
        !value.empty() && value != "." && value != ".." && !value.contains('/') && !value.contains('\0');
    if (*type == "file" && usable) names.push_back(std::move(value));
  }
  return names;
}

}  // namespace failover
