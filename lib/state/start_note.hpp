#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <failover/error.hpp>
#include <failover/role.hpp>

namespace failover {

/// NOTES/SERVICE.note, beneath /run: written by the guard of fo-promote only, gone with the next boot. One that is
/// damaged or of a newer format is no note.
std::optional<StartNote> read_start_note(const std::filesystem::path& notes, const std::string& service);
Result<void> write_start_note(const std::filesystem::path& notes, const StartNote& note);
/// Whoever fences or demotes this host does it first. An absent one is fine.
Result<void> remove_start_note(const std::filesystem::path& notes, const std::string& service);

/// Of the running kernel; empty when it cannot be read, and then no note holds.
std::string boot_id_of_this_host();

}  // namespace failover
