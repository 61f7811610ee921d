#include "state/numbered_files.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <failover/error.hpp>

#include "core/whole_number.hpp"

namespace failover {

std::filesystem::path numbered_file(const std::filesystem::path& folder, std::string_view prefix,
                                    std::uint64_t number) {
  return folder / (std::string(prefix) + std::to_string(number));
}

Result<std::vector<std::uint64_t>> list_numbered_files(const std::filesystem::path& folder, std::string_view prefix) {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  if (error == std::errc::no_such_file_or_directory) return numbers;
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const auto number = whole_number<std::uint64_t>(std::string_view(name).substr(prefix.size()));
    if (number) numbers.push_back(*number);
  }
  if (error) return fail(ErrorKind::io, "cannot read the folder " + folder.string() + ": " + error.message());
  std::ranges::sort(numbers);
  return numbers;
}

}  // namespace failover
