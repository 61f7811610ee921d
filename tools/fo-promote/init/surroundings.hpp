#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace failover::promote_tool {

class Answers;

/// What a live check says of an answer.
enum class FindingGrade {
  good,
  doubt,  ///< not as it should be, and yet perhaps what is wanted: one may go on
  wrong   ///< cannot be
};

std::string_view to_string(FindingGrade grade) noexcept;

struct Finding {
  FindingGrade grade = FindingGrade::good;
  std::string text;          ///< a clause
  std::string_view about{};  ///< the flag whose answer it judges; empty = the one just given
};

/// This host, as it is seen without asking anybody.
struct HostFacts {
  std::string name;                    ///< up to its first dot
  std::string machine_id;              ///< empty = unknown
  std::vector<std::string> addresses;  ///< of its interfaces, without loopback and link-local ones
  std::vector<std::string> gateways;   ///< of its default routes
  std::vector<std::string> resolvers;  ///< that it uses, without its own
};

/// What init may look at; nothing of it changes anything.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  [[nodiscard]] virtual const HostFacts& host() const = 0;
  /// What the host's resolvers say now; empty when they say nothing.
  virtual std::vector<std::string> addresses_of(const std::string& name) = 0;
  /// Those of the targets that are up now, in their order.
  virtual std::vector<std::string> answering(const std::vector<std::string>& targets) = 0;
  [[nodiscard]] virtual bool is_there(const std::string& file) const = 0;
  /// Whether systemd knows the unit here.
  [[nodiscard]] virtual bool has_unit(const std::string& unit) const = 0;
  /// Looks at the answer to one question, by the library's own interfaces.
  virtual std::vector<Finding> look(std::string_view flag, const Answers& answers) = 0;
};

}  // namespace failover::promote_tool
