// Drives one Source for the conformance suite. Arguments: LOCATION [OPTION=VALUE..], the options named as fo-fetch's.
// A JSON object a line on stdin, a JSON object a line on stdout:
//   {"do": "list"}    {"do": "stat", "path": P}    {"do": "read", "path": P, "offset": N, "count": N}
//   {"do": "ranges", "path": P, "ranges": [[OFFSET, LENGTH], ..]}     all of them by read_ranges, joined
//   {"do": "parallel", "path": P, "connections": N}                   the whole, each part over another() of its own

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>
#include <failover/source.hpp>

namespace {

using failover::ByteRange;
using failover::ObjectInfo;
using failover::Result;
using failover::Source;
using failover::SourceOptions;
using nlohmann::json;

const std::map<std::string_view, std::function<void(SourceOptions&, const std::string&)>> settings{
    {"identity-file", [](auto& options, const auto& value) { options.identity_file = value; }},
    {"known-hosts", [](auto& options, const auto& value) { options.known_hosts = value; }},
    {"password-file", [](auto& options, const auto& value) { options.password_file = value; }},
    {"credentials-file", [](auto& options, const auto& value) { options.credentials_file = value; }},
    {"ca-file", [](auto& options, const auto& value) { options.ca_file = value; }},
    {"username", [](auto& options, const auto& value) { options.username = value; }},
    {"endpoint", [](auto& options, const auto& value) { options.endpoint = value; }},
    {"smb-guest", [](auto& options, const auto& /*value*/) { options.smb_guest = true; }},
    {"smb-kerberos", [](auto& options, const auto& /*value*/) { options.smb_kerberos = true; }},
    {"smb-encryption", [](auto& options, const auto& /*value*/) { options.smb_encryption = true; }},
    {"stall-timeout",
     [](auto& options, const auto& value) { options.stall_timeout = std::chrono::seconds(std::stoi(value)); }},
};

json to_json(const failover::Error& error) {
  return {{"error", std::string(failover::to_string(error.kind))}, {"message", error.message}};
}

json to_json(const ObjectInfo& object) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(object.modified.time_since_epoch()).count();
  json digests = json::object();
  for (const auto& digest : object.digests) digests[digest.algorithm] = digest.hex;
  return {{"name", object.name}, {"path", object.path},       {"size", object.size},
          {"modified", seconds}, {"version", object.version}, {"digests", digests}};
}

json hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const auto byte : bytes) {
    constexpr const char* digits = "0123456789abcdef";
    text += digits[std::to_integer<unsigned>(byte) >> 4U];
    text += digits[std::to_integer<unsigned>(byte) & 15U];
  }
  return {{"bytes", text}};
}

failover::Context soon() {
  failover::Context context;
  context.deadline = failover::Deadline::after(std::chrono::seconds(20));
  return context;
}

/// One source and what it has shown so far: an object is read as it was when it was last listed or looked at.
class Driver {
 public:
  explicit Driver(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  json answer(const json& request) {
    const auto what = request.at("do").get<std::string>();
    if (what == "list") return list();
    const auto path = request.at("path").get<std::string>();
    if (what == "stat") return stat(path);
    const auto& object = seen_.at(path);
    if (what == "read") return read(object, request.at("offset"), request.at("count"));
    if (what == "ranges") return ranges(object, request.at("ranges"));
    if (what == "parallel") return parallel(object, request.at("connections"));
    return {{"error", "internal"}, {"message", "no such request: " + what}};
  }

 private:
  json list() {
    const auto objects = source_->list(soon());
    if (!objects) return to_json(objects.error());
    json answer{{"objects", json::array()}};
    for (const auto& object : *objects) {
      seen_[object.path] = object;
      answer["objects"].push_back(to_json(object));
    }
    return answer;
  }

  json stat(const std::string& path) {
    const auto object = source_->stat(path, soon());
    if (!object) return to_json(object.error());
    seen_[path] = *object;
    return to_json(*object);
  }

  json read(const ObjectInfo& object, std::uint64_t offset, std::size_t count) {
    std::vector<std::byte> buffer(count);
    const auto got = source_->read(object, offset, buffer, soon());
    if (!got) return to_json(got.error());
    return hex(std::span(buffer).first(*got));
  }

  /// Bytes that come twice, in another place or in another order than asked for fail here.
  static Result<std::vector<std::byte>> joined(Source& source, const ObjectInfo& object,
                                               std::span<const ByteRange> wanted) {
    std::vector<std::byte> bytes;
    std::size_t at = 0;
    std::uint64_t done = 0;
    const auto sink = [&](std::uint64_t offset, std::span<const std::byte> part) -> Result<void> {
      while (at < wanted.size() && done == wanted[at].length) {
        ++at;
        done = 0;
      }
      if (at == wanted.size() || offset != wanted[at].offset + done || part.size() > wanted[at].length - done) {
        return failover::fail(failover::ErrorKind::internal, "bytes that are not the next ones of the ranges");
      }
      bytes.insert(bytes.end(), part.begin(), part.end());
      done += part.size();
      return {};
    };
    FO_TRY(source.read_ranges(object, wanted, sink, soon()));
    return bytes;
  }

  json ranges(const ObjectInfo& object, const json& pairs) {
    std::vector<ByteRange> wanted;
    for (const auto& pair : pairs) wanted.push_back({pair.at(0), pair.at(1)});
    const auto bytes = joined(*source_, object, wanted);
    return bytes ? hex(*bytes) : to_json(bytes.error());
  }

  json parallel(const ObjectInfo& object, std::size_t connections) {
    std::vector<std::unique_ptr<Source>> sources;
    for (std::size_t i = 0; i < connections; ++i) {
      auto another = source_->another();
      if (!another) return to_json(another.error());
      sources.push_back(std::move(*another));
    }
    std::vector<Result<std::vector<std::byte>>> parts(connections);
    {
      std::vector<std::jthread> threads;
      const auto share = object.size / connections + 1;
      for (std::size_t i = 0; i < connections; ++i) {
        const auto begin = std::min<std::uint64_t>(object.size, i * share);
        const ByteRange range{begin, std::min(share, object.size - begin)};
        threads.emplace_back([&, i, range] { parts[i] = joined(*sources[i], object, std::span(&range, 1)); });
      }
    }
    std::vector<std::byte> whole;
    for (const auto& part : parts) {
      if (!part) return to_json(part.error());
      whole.insert(whole.end(), part->begin(), part->end());
    }
    return hex(whole);
  }

  std::unique_ptr<Source> source_;
  std::map<std::string, ObjectInfo> seen_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  SourceOptions options;
  for (const std::string argument : std::span(argv, static_cast<std::size_t>(argc)).subspan(2)) {
    const auto equals = std::min(argument.find('='), argument.size());
    const auto setting = settings.find(argument.substr(0, equals));
    if (setting == settings.end() || equals == argument.size()) return 2;
    setting->second(options, argument.substr(equals + 1));
  }
  auto source = failover::make_source(argv[1], options);
  if (!source) {
    // Whatever is asked, this is the answer.
    const auto text = to_json(source.error()).dump();
    for (std::string line; std::getline(std::cin, line);) std::cout << text << '\n' << std::flush;
    return 0;
  }
  Driver driver(std::move(*source));
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << driver.answer(json::parse(line)).dump() << '\n' << std::flush;
  }
  return 0;
}
