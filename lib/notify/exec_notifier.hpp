#pragma once

#include <memory>
#include <string_view>

#include <failover/error.hpp>
#include <failover/promoter.hpp>

namespace failover {

/// `exec:///FILE`: a program that gets the message as JSON on its stdin and as FO_NOTIFY_* variables.
Result<std::unique_ptr<Notifier>> make_exec_notifier(std::string_view spec);

}  // namespace failover
