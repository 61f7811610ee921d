#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/error.hpp>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/dialogue.hpp"
#include "fo-promote/init/surroundings.hpp"

namespace failover::promote_tool {

/// A host and a network as a test says.
class FakeSurroundings final : public Surroundings {
 public:
  HostFacts facts{.name = "pbx2",
                  .machine_id = "22222222222222222222222222222222",
                  .addresses = {"192.0.2.12"},
                  .gateways = {"192.0.2.1"},
                  .resolvers = {"192.0.2.53"}};
  std::map<std::string, std::vector<std::string>> names;
  std::vector<std::string> up;
  std::vector<std::string> files;
  std::vector<std::string> units;
  std::map<std::string, std::vector<Finding>, std::less<>> findings;  ///< by flag: the first is given, then taken out
  std::vector<std::string> looked_at;

  [[nodiscard]] const HostFacts& host() const override { return facts; }
  std::vector<std::string> addresses_of(const std::string& name) override { return names[name]; }
  std::vector<std::string> answering(const std::vector<std::string>& targets) override {
    std::vector<std::string> found;
    std::ranges::copy_if(targets, std::back_inserter(found), [&](const auto& each) { return holds(up, each); });
    return found;
  }
  [[nodiscard]] bool is_there(const std::string& file) const override { return holds(files, file); }
  [[nodiscard]] bool has_unit(const std::string& unit) const override { return holds(units, unit); }
  std::vector<Finding> look(std::string_view flag, const Answers& /*answers*/) override {
    looked_at.emplace_back(flag);
    const auto found = findings.find(flag);
    if (found == findings.end() || found->second.empty()) return {};
    auto first = found->second.front();
    found->second.erase(found->second.begin());
    return {first};
  }

 private:
  static bool holds(const std::vector<std::string>& all, const std::string& one) {
    return std::ranges::find(all, one) != all.end();
  }
};

/// A person who types `lines`, one for each question, then Enter for ever; or nobody.
class FakeDialogue final : public Dialogue {
 public:
  bool person = true;
  std::size_t ends_after = 1000;                          ///< lines, then the input has ended
  std::map<std::string, std::vector<std::string>> lines;  ///< by a word of the prompt: what is typed, in its order
  std::vector<std::string> prompts;
  std::vector<std::string> told;
  std::vector<std::string> findings;
  std::map<std::string, Origin> origins;

  [[nodiscard]] bool attended() const noexcept override { return person; }
  Result<std::string> ask(const std::string& prompt) override {
    if (prompts.size() >= ends_after) return fail(ErrorKind::refused, "the answers have ended");
    prompts.push_back(prompt);
    for (auto& [word, typed] : lines) {
      if (!prompt.contains(word) || typed.empty()) continue;
      auto line = typed.front();
      typed.erase(typed.begin());
      return line;
    }
    return std::string();
  }
  void tell(const std::string& line) override { told.push_back(line); }
  void found(std::string_view flag, const Finding& finding) override {
    findings.push_back(std::string(flag) + " " + std::string(to_string(finding.grade)));
  }
  void settled(std::string_view flag, const std::vector<std::string>& /*values*/, Origin origin) override {
    origins[std::string(flag)] = origin;
  }
  [[nodiscard]] bool was_told(std::string_view words) const {
    return std::ranges::any_of(told, [&](const std::string& line) { return line.contains(words); });
  }
  [[nodiscard]] std::size_t asked(std::string_view word) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(prompts, [&](const std::string& prompt) { return prompt.contains(word); }));
  }
};

/// What no default stands for.
inline Answers least() {
  Answers given;
  given.set("service", {"pbx.example.com"});
  given.set("peer-address", {"192.0.2.11"});
  given.set("source", {"file:///srv/backups/*.zip"});
  given.set("target", {"/srv/pbx"});
  given.set("dns", {"rfc2136://192.0.2.53/example.com?key-file=/etc/failover/dns.key"});
  return given;
}

}  // namespace failover::promote_tool
