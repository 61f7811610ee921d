#include "source/ftp_reply.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "support/catch.hpp"

using failover::ErrorKind;
using failover::ftp_error;
using failover::ftp_extended_port;
using failover::ftp_passive_port;
using failover::ftp_quoted_path;
using failover::ftp_time;
using failover::FtpReply;
using failover::take_ftp_reply;

TEST_CASE("An FTP reply is whole or not there yet") {
  std::string input = "220 ready\r\n331";
  const auto hello = take_ftp_reply(input).value();
  REQUIRE(hello);
  CHECK(hello->code == 220);
  CHECK(hello->text() == "ready");
  CHECK(input == "331");
  CHECK_FALSE(take_ftp_reply(input).value());
  input += " password\n230\r\n";
  CHECK(take_ftp_reply(input).value()->code == 331);
  CHECK(take_ftp_reply(input).value()->text().empty());
}

TEST_CASE("A reply of several lines ends with its own code and a blank") {
  std::string input = "211-Features:\r\n SIZE\r\n211-more\r\n212 not yet\r\n2110 nor this\r\n211 End\r\n226 ok\r\n";
  const auto reply = take_ftp_reply(input).value();
  REQUIRE(reply);
  CHECK(reply->lines == std::vector<std::string>{"Features:", " SIZE", "more", "212 not yet", "2110 nor this", "End"});
  CHECK(input == "226 ok\r\n");
}

TEST_CASE("What is no FTP is said to be none") {
  for (const std::string_view wrong : {"HTTP/1.1 400\r\n", "22 x\r\n", "099 x\r\n", "600 x\r\n", "220x\r\n", "\r\n"}) {
    INFO(wrong);
    std::string input(wrong);
    const auto reply = take_ftp_reply(input);
    REQUIRE_FALSE(reply);
    CHECK(reply.error().kind == ErrorKind::protocol);
  }
  std::string endless = "220-" + std::string(300'000, 'x');
  CHECK_FALSE(take_ftp_reply(endless));
  std::string many = "220-hello\r\n";
  while (many.size() < 300'000) many += "and on\r\n";
  CHECK_FALSE(take_ftp_reply(many));
}

TEST_CASE("What a refusal means is in its code and in its words") {
  const auto kind = [](int code, const std::string& text) { return ftp_error({code, {text}}, "x").kind; };
  CHECK(kind(421, "Timeout") == ErrorKind::unreachable);
  CHECK(kind(425, "Cannot open data connection") == ErrorKind::unreachable);
  CHECK(kind(450, "File busy") == ErrorKind::unreachable);
  CHECK(kind(450, "a.zip: No such file or directory") == ErrorKind::not_found);
  CHECK(kind(530, "Login incorrect.") == ErrorKind::permission);
  CHECK(kind(530, "Sorry, the maximum number of clients (5) are already connected.") == ErrorKind::unreachable);
  CHECK(kind(530, "Too many users") == ErrorKind::unreachable);
  CHECK(kind(550, "a.zip: No such file or directory") == ErrorKind::not_found);
  CHECK(kind(550, "a.zip: Permission denied") == ErrorKind::permission);
  CHECK(kind(550, "Access is denied. ") == ErrorKind::permission);
  CHECK(kind(534, "Policy requires SSL") == ErrorKind::refused);
  CHECK(kind(502, "Command not implemented") == ErrorKind::protocol);
}

TEST_CASE("Data ports, and nothing but them") {
  CHECK(ftp_extended_port("Entering Extended Passive Mode (|||6446|)") == 6446);
  CHECK(ftp_extended_port("(!!!65535!)") == 65535);
  for (const std::string_view wrong : {"", "(|||0|)", "(|||65536|)", "(|||-1|)", "(|||1)", "(||1|)", "|||1|", "(1111)",
                                       "(|1|192.0.2.1|99|)", "(|||99|", "(||| 9|)"}) {
    INFO(wrong);
    CHECK_FALSE(ftp_extended_port(wrong));
  }
  CHECK(ftp_passive_port("Entering Passive Mode (192,0,2,1,25,46).") == 6446);
  CHECK(ftp_passive_port("=127,0,0,1,4,210") == 1234);
  for (const std::string_view wrong :
       {"", "(192,0,2,1,0,0)", "(192,0,2,1,25)", "(192,0,2,256,25,46)", "(192,0,2,1,25,256)", "(192.0.2.1,25,46)",
        "(1,2,3,4,,5)", "(192,0,2,1, 25,46)"}) {
    INFO(wrong);
    CHECK_FALSE(ftp_passive_port(wrong));
  }
}

TEST_CASE("FTP times are UTC and of the calendar") {
  const auto seconds = [](std::string_view text) {
    return std::chrono::duration_cast<std::chrono::seconds>(ftp_time(text).value().time_since_epoch()).count();
  };
  CHECK(seconds("20261123020000") == 1795399200);
  CHECK(seconds("20261123020000.999") == 1795399200);
  CHECK(seconds("20240229235960") == 1709251200);
  for (const std::string_view wrong :
       {"", "2026112302000", "20261123020000.", "20261123020000x", "20261123020000.1x", "20260229000000",
        "20261301000000", "20261123240000", "20261123006000", "99991231000000", "19126112302000 "}) {
    INFO(wrong);
    CHECK_FALSE(ftp_time(wrong));
  }
}

TEST_CASE("The folder that PWD tells") {
  CHECK(ftp_quoted_path("\"/srv/pbx\" is current") == "/srv/pbx");
  CHECK(ftp_quoted_path("\"/a \"\"b\"\"\"") == "/a \"b\"");
  CHECK_FALSE(ftp_quoted_path("/srv is current"));
  CHECK_FALSE(ftp_quoted_path("\"/srv"));
  CHECK_FALSE(ftp_quoted_path("\"\""));
}
