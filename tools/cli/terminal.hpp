#pragma once

#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover::cli {

/// Whether a person can be asked: stdin and stderr are terminals.
bool person_is_there() noexcept;

/// Prints the question on stderr and reads one line from stdin, without its line end. Ends with the context; end of
/// input is an error of kind refused.
Result<std::string> ask(std::string_view question, const Context& context);

/// The first line of stdin without its line end; no line there is an error of kind not_found.
Result<std::string> first_line_of_stdin(const Context& context);

}  // namespace failover::cli
