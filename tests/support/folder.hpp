#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/temporary_directory.hpp"

/// A temporary directory with files that a test puts into it.
struct Folder {
  void put(const std::string& name, const std::string& content) const {
    std::ofstream(path / name, std::ios::binary) << content;
  }
  [[nodiscard]] std::string get(const std::string& name) const {
    std::ifstream file(path / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  failover::test::TemporaryDirectory directory_;

 public:
  std::filesystem::path path = directory_.path();
};
