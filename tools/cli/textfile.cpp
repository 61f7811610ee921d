#include "cli/textfile.hpp"

#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include <failover/error.hpp>

namespace failover::cli {

std::string label_value(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') result += '\\';
    result += c;
  }
  return result;
}

Result<void> replace_textfile(const std::filesystem::path& path, std::string_view text, std::string_view what) {
  auto temporary = path;
  temporary += fmt::format(".{}.tmp", getpid());
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(temporary, path, error);
  if (file && !error) return {};
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  return fail(ErrorKind::io, fmt::format("{} '{}' cannot be written{}{}; check its folder", what, path.string(),
                                         error ? ": " : "", error ? error.message() : ""));
}

}  // namespace failover::cli
