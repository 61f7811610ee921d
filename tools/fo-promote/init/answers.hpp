#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace failover::promote_tool {

/// What is known of the pair that init configures: values by the name of the flag that stands for the question. A flag
/// without values is one that was answered with "none".
class Answers {
 public:
  void set(std::string_view flag, std::vector<std::string> values);
  void add(std::string_view flag, std::string value);
  void forget(std::string_view flag);
  /// Whether the question is settled, be it with "none".
  [[nodiscard]] bool has(std::string_view flag) const;
  [[nodiscard]] const std::vector<std::string>& all(std::string_view flag) const;
  /// The first value, or an empty one.
  [[nodiscard]] const std::string& first(std::string_view flag) const;
  [[nodiscard]] bool is(std::string_view flag, std::string_view value) const { return first(flag) == value; }
  [[nodiscard]] const std::map<std::string, std::vector<std::string>, std::less<>>& values() const { return values_; }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

/// The service's targets at an address: "sip", "web" and "tunnel" as --services names them, with --sip-port and
/// --web-port. Pure.
std::vector<std::string> targets_at(const Answers& answers, const std::string& address);

/// What tells how the other node is (--probe, else the services at its address), and how this one is (--self-probe).
std::vector<std::string> peer_probes(const Answers& answers);
std::vector<std::string> self_probes(const Answers& answers);

/// The fencers of a node: --fence NODE=FENCER; the bare form is the peer's.
std::vector<std::string> fencers_of(const Answers& answers, std::string_view node);

/// The same pair as seen from the other node.
Answers counterpart(const Answers& answers);

}  // namespace failover::promote_tool
