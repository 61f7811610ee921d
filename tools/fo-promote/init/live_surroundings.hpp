#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>

#include "fo-promote/init/surroundings.hpp"

namespace failover::promote_tool {

/// The world as the library's own interfaces see it. Nothing is changed and nothing is fenced.
class LiveSurroundings final : public Surroundings {
 public:
  LiveSurroundings(HostFacts host, const Context& context);

  [[nodiscard]] const HostFacts& host() const override { return host_; }
  std::vector<std::string> addresses_of(const std::string& name) override;
  std::vector<std::string> answering(const std::vector<std::string>& targets) override;
  [[nodiscard]] bool is_there(const std::string& file) const override;
  [[nodiscard]] bool has_unit(const std::string& unit) const override;
  std::vector<Finding> look(std::string_view flag, const Answers& answers) override;

 private:
  HostFacts host_;
  const Context& context_;
};

}  // namespace failover::promote_tool
