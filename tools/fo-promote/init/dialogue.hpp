#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/surroundings.hpp"

namespace failover::promote_tool {

/// How an answer came about.
enum class Origin { flag, assumed, asked };

/// Whoever answers the questions: a person at a terminal, or nobody.
class Dialogue {
 public:
  virtual ~Dialogue() = default;
  /// Whether there is somebody to ask.
  [[nodiscard]] virtual bool attended() const noexcept = 0;
  /// One line; an error of kind refused when the input has ended, of kind cancelled when we are stopped.
  virtual Result<std::string> ask(const std::string& prompt) = 0;
  /// A line for the person, between questions; nothing where there is none.
  virtual void tell(const std::string& line) = 0;
  virtual void found(std::string_view flag, const Finding& finding) = 0;
  virtual void settled(std::string_view flag, const std::vector<std::string>& values, Origin origin) = 0;
};

/// Goes through questions(): what `given` has is not asked. Where nobody can be asked, defaults are taken; one error of
/// kind usage names every flag that has none. Live checks follow each answer: what is wrong is asked again, or an error
/// of kind config; what is doubtful is kept when the person says so, or told.
Result<Answers> question(const Answers& given, Dialogue& dialogue, Surroundings& around);

}  // namespace failover::promote_tool
