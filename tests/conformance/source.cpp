// Drives one Source for the conformance suite: a command a line on stdin, a JSON object a line on stdout.
//   LOCATION [IDENTITY KNOWN_HOSTS]
//   list | stat PATH | read PATH OFFSET COUNT

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>
#include <failover/source.hpp>

namespace {

using failover::ObjectInfo;
using failover::Source;
using nlohmann::json;

json to_json(const failover::Error& error) {
  return {{"error", std::string(failover::to_string(error.kind))}, {"message", error.message}};
}

json to_json(const ObjectInfo& object) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(object.modified.time_since_epoch()).count();
  return {{"name", object.name}, {"path", object.path}, {"size", object.size}, {"modified", seconds}};
}

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const auto byte : bytes) {
    constexpr const char* digits = "0123456789abcdef";
    text += digits[std::to_integer<unsigned>(byte) >> 4U];
    text += digits[std::to_integer<unsigned>(byte) & 15U];
  }
  return text;
}

failover::Context soon() {
  failover::Context context;
  context.deadline = failover::Deadline::after(std::chrono::seconds(20));
  return context;
}

json list(Source& source, std::map<std::string, ObjectInfo>& seen) {
  const auto objects = source.list(soon());
  if (!objects) return to_json(objects.error());
  json answer{{"objects", json::array()}};
  for (const auto& object : *objects) {
    seen[object.path] = object;
    answer["objects"].push_back(to_json(object));
  }
  return answer;
}

json stat(Source& source, const std::string& path, std::map<std::string, ObjectInfo>& seen) {
  const auto object = source.stat(path, soon());
  if (!object) return to_json(object.error());
  seen[path] = *object;
  return to_json(*object);
}

json read(Source& source, const ObjectInfo& object, std::uint64_t offset, std::size_t count) {
  std::vector<std::byte> buffer(count);
  const auto got = source.read(object, offset, buffer, soon());
  if (!got) return to_json(got.error());
  return {{"bytes", hex(std::span(buffer).first(*got))}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 4) return 2;
  failover::SourceOptions options;
  if (argc == 4) {
    options.identity_file = argv[2];
    options.known_hosts = argv[3];
  }
  const auto source = failover::make_source(argv[1], options);
  if (!source) {
    std::cout << to_json(source.error()).dump() << '\n' << std::flush;
    return 0;
  }
  std::map<std::string, ObjectInfo> seen;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command;
    std::string path;
    std::uint64_t offset = 0;
    std::size_t count = 0;
    words >> command >> path >> offset >> count;
    json answer;
    if (command == "list") answer = list(**source, seen);
    if (command == "stat") answer = stat(**source, path, seen);
    if (command == "read") answer = read(**source, seen[path], offset, count);
    std::cout << answer.dump() << '\n' << std::flush;
  }
  return 0;
}
