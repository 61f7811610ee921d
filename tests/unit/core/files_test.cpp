#include <filesystem>
#include <string>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/atomic_file.hpp"
#include "core/file_io.hpp"
#include "core/file_lock.hpp"
#include "core/secret.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using failover::AtomicFile;
using failover::ErrorKind;
using failover::FileLock;
using failover::read_credential_file;
using failover::read_file;
using failover::read_password_file;
using failover::write_file_atomically;
using failover::test::TemporaryDirectory;

TEST_CASE("an atomic file appears whole on commit, and not at all without") {
  const TemporaryDirectory directory;
  const auto path = directory / "file";
  {
    auto file = AtomicFile::create(path);
    REQUIRE(file);
    REQUIRE(file->write("half"));
    CHECK_FALSE(std::filesystem::exists(path));
  }
  CHECK(std::filesystem::is_empty(directory.path()));
  REQUIRE(write_file_atomically(path, "old"));
  REQUIRE(write_file_atomically(path, "new", 0640));
  CHECK(*read_file(path, 100) == "new");
  struct stat info{};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0640);
}

TEST_CASE("what a crashed writer left behind does not stand in the way") {
  const TemporaryDirectory directory;
  REQUIRE(write_file_atomically(directory / "file.new", "left behind"));
  REQUIRE(write_file_atomically(directory / "file", "content"));
  CHECK(*read_file(directory / "file", 100) == "content");
}

TEST_CASE("a file larger than its limit is an integrity error") {
  const TemporaryDirectory directory;
  REQUIRE(write_file_atomically(directory / "file", "12345"));
  CHECK(read_file(directory / "file", 4).error().kind == ErrorKind::integrity);
  CHECK(read_file(directory / "absent", 4).error().kind == ErrorKind::not_found);
}

TEST_CASE("alone: a second holder of a lock is refused at once and told who has it") {
  const TemporaryDirectory directory;
  const auto path = directory / "lock";
  const auto first = FileLock::take(path);
  REQUIRE(first);
  const auto second = FileLock::take(path);
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == ErrorKind::locked);
  CHECK(second.error().message.find(std::to_string(::getpid())) != std::string::npos);
}

TEST_CASE("a lock ends with its holder") {
  const TemporaryDirectory directory;
  const auto path = directory / "lock";
  {
    REQUIRE(FileLock::take(path));
  }
  CHECK(FileLock::take(path));
}

TEST_CASE("secret: a credential file that others may read is refused") {
  const TemporaryDirectory directory;
  const auto path = directory / "password";
  REQUIRE(write_file_atomically(path, "S3cret\nsecond line\n", 0600));
  CHECK(read_password_file(path)->reveal() == "S3cret");
  for (const unsigned mode : {0640U, 0604U, 0620U}) {
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    const auto secret = read_credential_file(path);
    REQUIRE_FALSE(secret);
    CHECK(secret.error().kind == ErrorKind::config);
    CHECK(secret.error().message.find("chmod 600") != std::string::npos);
    CHECK(secret.error().message.find("S3cret") == std::string::npos);
  }
}

TEST_CASE("a credential file that is not there is a wrong setting, not something that was looked for in vain") {
  CHECK(read_credential_file("/nonexistent/key").error().kind == ErrorKind::config);
}

TEST_CASE("a relative credential is looked up in the service manager's directory") {
  const TemporaryDirectory directory;
  REQUIRE(write_file_atomically(directory / "fo-test-credential", "key", 0400));
  ::setenv("CREDENTIALS_DIRECTORY", directory.path().c_str(), 1);
  const auto secret = read_credential_file("fo-test-credential");
  ::unsetenv("CREDENTIALS_DIRECTORY");
  REQUIRE(secret);
  CHECK(secret->reveal() == "key");
}
