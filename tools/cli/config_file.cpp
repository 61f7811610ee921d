#include "cli/config_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include <failover/error.hpp>

namespace failover::cli {

namespace {

constexpr std::array<std::string_view, 5> plain_sections{"common", "probe", "fetch", "restore", "promote"};
constexpr std::string_view node_prefix = "node.";

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string_view unquote(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') return value.substr(1, value.size() - 2);
  return value;
}

/// Reads a file line by line; every error carries FILE:LINE.
class Parser {
 public:
  explicit Parser(const std::filesystem::path& path) { file_.path = path; }

  Result<void> line(std::string_view text) {
    ++line_;
    text = trim(text);
    if (text.empty() || text.front() == '#' || text.front() == ';') return {};
    if (text.front() == '[') return section(text);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return wrong("expected 'key = value', '[section]' or a comment");
    return entry(trim(text.substr(0, equals)), unquote(trim(text.substr(equals + 1))));
  }

  ConfigFile take() { return std::move(file_); }

 private:
  std::unexpected<Error> wrong(std::string_view what) const {
    return fail(ErrorKind::config, fmt::format("{}:{}: {}", file_.path.string(), line_, what));
  }

  Result<void> section(std::string_view text) {
    if (text.back() != ']') return wrong("the section's name lacks its closing ']'");
    const auto name = trim(text.substr(1, text.size() - 2));
    if (name.starts_with(node_prefix)) return node(name.substr(node_prefix.size()));
    if (std::ranges::find(plain_sections, name) == plain_sections.end()) {
      return wrong(
          fmt::format("unknown section [{}]; known are [common], [probe], [fetch], [restore], [promote] and "
                      "[node.NAME]",
                      name));
    }
    section_ = name;
    in_node_ = false;
    return {};
  }

  Result<void> node(std::string_view name) {
    if (name.empty()) return wrong("a node needs a name: [node.NAME]");
    const auto same = [name](const NodeSection& other) { return other.name == name; };
    if (std::ranges::any_of(file_.nodes, same)) return wrong(fmt::format("node '{}' stands here twice", name));
    file_.nodes.push_back(
        NodeSection{.name = std::string(name), .addresses = {}, .machine_id = {}, .probes = {}, .fencers = {}});
    in_node_ = true;
    return {};
  }

  Result<void> entry(std::string_view key, std::string_view value) {
    if (key.empty()) return wrong("the key before '=' is missing");
    if (in_node_) return node_entry(key, std::string(value));
    if (section_.empty()) return wrong(fmt::format("'{}' stands before the first [section]", key));
    file_.entries.push_back({section_, std::string(key), std::string(value), line_});
    return {};
  }

  Result<void> node_entry(std::string_view key, std::string value) {
    auto& node = file_.nodes.back();
    if (key == "address") {
      node.addresses.push_back(std::move(value));
    } else if (key == "probe") {
      node.probes.push_back(std::move(value));
    } else if (key == "fence") {
      node.fencers.push_back(std::move(value));
    } else if (key == "machine-id") {
      if (!node.machine_id.empty()) return wrong("'machine-id' is given twice");
      node.machine_id = std::move(value);
    } else {
      return wrong(fmt::format("unknown key '{}'; a node has address, machine-id, probe and fence", key));
    }
    return {};
  }

  ConfigFile file_;
  std::string section_;
  bool in_node_ = false;
  int line_ = 0;
};

}  // namespace

Result<ConfigFile> parse_config(std::string_view text, const std::filesystem::path& path) {
  Parser parser(path);
  while (!text.empty()) {
    const auto end = text.find('\n');
    FO_TRY(parser.line(text.substr(0, end)));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return parser.take();
}

Result<ConfigFile> read_config(const std::filesystem::path& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    return fail(ErrorKind::config, fmt::format("cannot read the configuration file {}: {}", path.string(),
                                               std::error_code(errno, std::generic_category()).message()));
  }
  // A device, /dev/null for "no configuration", is not what somebody could have written into.
  if (!S_ISCHR(info.st_mode) && (info.st_mode & S_IWOTH) != 0) {
    return fail(ErrorKind::config, fmt::format("everybody can write to the configuration file {}; type: chmod o-w {}",
                                               path.string(), path.string()));
  }
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) return fail(ErrorKind::config, fmt::format("cannot read the configuration file {}", path.string()));
  return parse_config(text, path);
}

}  // namespace failover::cli
