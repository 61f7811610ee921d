#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>

#include "completions/all_tools.hpp"
#include "completions/writers.hpp"

namespace {

bool write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) fmt::print(stderr, "fo-completions: cannot write {}\n", path.string());
  return static_cast<bool>(file);
}

/// Writes everything that is generated from the option tables into a copy of the source tree.
int generate(const std::filesystem::path& tree) {
  namespace completions = failover::completions;
  const auto tables = completions::all_tables();
  bool good = write(tree / "tools/cli/known_keys.cpp", completions::to_known_keys(tables));
  for (const auto& table : tables) {
    good = write(tree / "completions/bash" / table.name, completions::to_bash(table)) && good;
    good = write(tree / "completions/zsh" / ("_" + table.name), completions::to_zsh(table)) && good;
    good = write(tree / "completions/fish" / (table.name + ".fish"), completions::to_fish(table)) && good;
  }
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 2 && std::strcmp(argv[1], "--json") == 0) {
      fmt::print("{}", failover::completions::to_json(failover::completions::all_tables()));
      return 0;
    }
    if (argc == 2 && argv[1][0] != '-') return generate(argv[1]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "fo-completions: {}\n", error.what());
    return 1;
  }
  fmt::print(stderr, "usage: fo-completions TREE | --json\n");
  return 2;
}
