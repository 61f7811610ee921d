#include "state/restore_roots.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

namespace failover {

namespace {

bool takes(std::string_view prefix, std::string_view path) noexcept {
  if (prefix.empty() || prefix == path) return true;
  return path.size() > prefix.size() && path.starts_with(prefix) && path[prefix.size()] == '/';
}

}  // namespace

std::string roots_to_json(const std::vector<RestoreRoot>& roots) {
  auto value = nlohmann::json::array();
  for (const auto& root : roots) value.push_back({{"prefix", root.prefix}, {"directory", root.directory}});
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<std::vector<RestoreRoot>> roots_from_json(std::string_view text) {
  const auto value = nlohmann::json::parse(text, nullptr, false);
  try {
    std::vector<RestoreRoot> roots;
    if (!value.is_array()) throw nlohmann::json::other_error::create(599, "no array", &value);
    for (const auto& root : value) {
      roots.push_back({root.at("prefix").get<std::string>(), root.at("directory").get<std::string>()});
    }
    return roots;
  } catch (const nlohmann::json::exception&) {
    return fail(ErrorKind::integrity, "a record of the roots of a restore is malformed");
  }
}

const RestoreRoot* root_of(const std::vector<RestoreRoot>& roots, std::string_view path) noexcept {
  const RestoreRoot* best = nullptr;
  for (const auto& root : roots) {
    if (takes(root.prefix, path) && (best == nullptr || best->prefix.size() < root.prefix.size())) best = &root;
  }
  return best;
}

bool is_root(const std::vector<RestoreRoot>& roots, std::string_view path) noexcept {
  return std::ranges::any_of(roots, [&](const RestoreRoot& root) { return root.prefix == path; });
}

std::string_view beneath_prefix(std::string_view prefix, std::string_view path) noexcept {
  path.remove_prefix(prefix.size());
  if (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

std::string shown_path(const std::vector<RestoreRoot>& roots, std::string_view path) {
  const auto* root = root_of(roots, path);
  if (root == nullptr) return std::string(path);
  const auto rest = beneath_prefix(root->prefix, path);
  std::string shown = root->directory;
  if (rest.empty()) return shown;
  if (!shown.ends_with('/')) shown += '/';
  return shown.append(rest);
}

}  // namespace failover
