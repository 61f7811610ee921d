#include "source/ftp_listing.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "source/ftp_reply.hpp"

using failover::FtpEntry;
using failover::test::must;

namespace {

bool is_step(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         std::ranges::none_of(name, [](char c) { return c == '/' || c == '\0' || c == '\n' || c == '\r'; });
}

std::string written(const FtpEntry& entry) {
  using Kind = FtpEntry::Kind;
  std::string facts = entry.kind == Kind::file     ? "Type=FILE;"
                      : entry.kind == Kind::folder ? "Type=dir;"
                      : entry.kind == Kind::link   ? "Type=OS.unix=slink:x;"
                                                   : "Type=OS.unix=chr;";
  if (entry.size) facts += fmt::format("Size={};", *entry.size);
  if (entry.modified) {
    facts += fmt::format("Modify={:%Y%m%d%H%M%S};", std::chrono::floor<std::chrono::seconds>(*entry.modified));
  }
  return facts + " " + entry.name;
}

bool same(const FtpEntry& a, const FtpEntry& b) {
  return a.kind == b.kind && a.name == b.name && a.size == b.size && a.modified == b.modified;
}

void check_listings(std::string_view text) {
  if (const auto facts = failover::parse_ftp_facts_listing(text)) {
    std::string again;
    for (const auto& entry : *facts) {
      must(is_step(entry.name), "a name is one step of a path");
      again += written(entry) + "\r\n";
    }
    const auto back = failover::parse_ftp_facts_listing(again);
    must(back && std::ranges::equal(*back, *facts, same), "a listing that is written again reads the same");
  }
  if (const auto lines = failover::parse_ftp_listing(text)) {
    must(lines->size() <= text.size() / 16, "an entry has its line");
    for (const auto& entry : *lines) {
      must(is_step(entry.name), "a name is one step of a path");
      must(text.find(entry.name) != std::string_view::npos, "and stands in the listing");
      must(!entry.size && !entry.modified, "LIST tells no size and no time");
    }
  }
}

/// What the server says, in one piece and byte for byte.
void check_replies(std::string_view text) {
  std::string all(text);
  std::string some;
  bool read_all = true;
  std::vector<std::string> whole;
  while (true) {
    const auto before = all.size();
    const auto reply = failover::take_ftp_reply(all);
    read_all = reply.has_value();
    if (!reply || !*reply) break;
    must(all.size() < before, "a reply is part of what came");
    must((*reply)->code >= 100 && (*reply)->code <= 599 && !(*reply)->lines.empty(), "a reply has code and text");
    must(!failover::ftp_error(**reply, "x").message.empty(), "and words");
    whole.push_back((*reply)->text());
  }
  std::size_t at = 0;
  for (const char letter : text) {
    some += letter;
    const auto reply = failover::take_ftp_reply(some);
    if (!reply) {
      must(!read_all, "what is no reply is none in pieces either");
      return;
    }
    if (*reply) {
      must(at < whole.size() && (*reply)->text() == whole[at], "a reply is the same in pieces");
      ++at;
    }
  }
  must(at == whole.size(), "and there are as many");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = failover::test::as_text(data, size);
  check_listings(text);
  check_replies(text);
  if (const auto port = failover::ftp_extended_port(text)) must(*port != 0, "a port is a number");
  if (const auto port = failover::ftp_passive_port(text)) must(*port != 0, "a port is a number");
  if (const auto time = failover::ftp_time(text)) {
    const auto back = fmt::format("{:%Y%m%d%H%M%S}", std::chrono::floor<std::chrono::seconds>(*time));
    must(failover::ftp_time(back) == time, "a time that is written again reads the same");
  }
  if (const auto path = failover::ftp_quoted_path(text)) must(!path->empty() && path->size() < size, "a path is said");
  return 0;
}
