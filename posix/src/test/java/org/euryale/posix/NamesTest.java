package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.euryale.posix.Family.INET;
import static org.euryale.posix.Family.INET6;
import static org.euryale.posix.TestProcess.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text forms of addresses. The expected values are those of glibc 2.36. */
class NamesTest {
    private static @Nullable String hex(byte @Nullable [] bytes) {
        return bytes == null ? null : HexFormat.of().formatHex(bytes);
    }

    // ---------------------------------------------------------------- IPv4

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 7f000001",
        "0, 00000000",
        "1, 00000001",
        "1.2, 01000002",
        "1.2.3, 01020003",
        "1.65536, 01010000",
        "1.2.65535, 0102ffff",
        "4294967295, ffffffff",
        "0x7f.1, 7f000001",
        "0X1F, 0000001f",
        "0xffffffff, ffffffff",
        "0x00000000ff, 000000ff",
        "0177.1, 7f000001",
        "037777777777, ffffffff",
        "00000000000000000177.0.0.1, 7f000001",
        "1.2.3.0x1, 01020301",
        "'1.2.3.4 ', 01020304",
        "1.2.3.4 whatever, 01020304",
        "'1.2.3.4\tx', 01020304",
    })
    void atonReadsOneToFourParts(String text, String bytes) {
        assertThat(hex(Names.aton(text))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", ".", "1.", ".1", "1..2", "a", "1.2.3.4.5", "256.1.1.1", "1.2.65536", "4294967296",
                "040000000000", "08", "0x", "0xg", "-1", "+1", "1.2.3.-4", "1.2.3.4x", " 1.2.3.4", "1e1", "\uff11.2.3.4"
            })
    void atonRefusesTheRest(String text) {
        assertThat(Names.aton(text)).isNull();
        assertThat(Names.pton4(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 7f000001", "0.0.0.0, 00000000", "255.255.255.255, ffffffff", "1.20.255.4, 0114ff04"})
    void pton4ReadsExactlyFourDecimalParts(String text, String bytes) {
        assertThat(hex(Names.pton4(text))).isEqualTo(bytes);
        assertThat(Names.ntop(HexFormat.of().parseHex(bytes))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "1.2",
                "1.2.3",
                "0x7f.0.0.1",
                "0177.0.0.1",
                "1.2.3.04",
                "1.2.3.256",
                "1.2.3.1000",
                "1.2.3.4 ",
                "::1"
            })
    void pton4RefusesWhatOnlyAtonTakes(String text) {
        assertThat(Names.pton4(text)).isNull();
    }

    // ---------------------------------------------------------------- IPv6

    @ParameterizedTest
    @CsvSource({
        "::, 00000000000000000000000000000000",
        "::1, 00000000000000000000000000000001",
        "1::, 00010000000000000000000000000000",
        "1::8, 00010000000000000000000000000008",
        "1:2:3:4:5:6:7:8, 00010002000300040005000600070008",
        "1:2:3:4:5:6:7::, 00010002000300040005000600070000",
        "::2:3:4:5:6:7:8, 00000002000300040005000600070008",
        "1:2:3:4:5:6:1.2.3.4, 00010002000300040005000601020304",
        "::1.2.3.4, 00000000000000000000000001020304",
        "::ffff:1.2.3.4, 00000000000000000000ffff01020304",
        "::ffff:0:1.2.3.4, 0000000000000000ffff000001020304",
        "::ABCD, 0000000000000000000000000000abcd",
        "0001::, 00010000000000000000000000000000",
        "fe80::1, fe800000000000000000000000000001",
    })
    void pton6ReadsAnAddress(String text, String bytes) {
        assertThat(hex(Names.pton6(text))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "1",
                "1:2",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:",
                ":1:2:3:4:5:6:7",
                "1:2:3:4::5:6:7:8",
                "1:::2",
                "1::2::3",
                "12345::",
                "00001::",
                "::00000001",
                "g::",
                "::1%1",
                "::1%lo",
                "[::1]",
                "::1 ",
                " ::1",
                "1.2.3.4",
                "::1.2.3",
                "::1.2.3.256",
                "::01.2.3.4",
                "::.1.2.3",
                "::1..2",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3.4:5",
                "localhost"
            })
    void pton6RefusesTheRest(String text) {
        assertThat(Names.pton6(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "00000000000000000000000000000000, ::",
        "00000000000000000000000000000001, ::1",
        "000000000000000000000000000000ff, ::ff",
        "00010000000000000000000000000000, 1::",
        "00010000000000010000000000000001, 1:0:0:1::1",
        "00010000000000000001000000000001, 1::1:0:0:1",
        "00010000000000020000000000000003, 1:0:0:2::3",
        "00000001000200030004000500060007, 0:1:2:3:4:5:6:7",
        "00010002000300040005000600070000, 1:2:3:4:5:6:7:0",
        "00010000000200000003000000040000, 1:0:2:0:3:0:4:0",
        "00000000000000000000000000010000, ::0.1.0.0",
        "000000000000000000000000ffff0102, ::255.255.1.2",
        "00000000000000000000ffff01020304, ::ffff:1.2.3.4",
        "00000000000000000000000100000000, ::1:0:0",
        "0000000000000000ffff000001020304, ::ffff:0:102:304",
        "20010db8000000010001000100010001, 2001:db8:0:1:1:1:1:1",
        "fe80000000000000020ab0fffe123456, fe80::20a:b0ff:fe12:3456",
    })
    void ntopWritesTheShortestForm(String bytes, String text) {
        assertThat(Names.ntop(HexFormat.of().parseHex(bytes))).isEqualTo(text);
    }

    @Test
    void aSocketOfIPv6TellsMappedAddresses() throws Exception {
        InetAddress four = InetAddress.getByAddress(new byte[] {1, 2, 3, 4});

        assertThat(Names.text(four, INET)).isEqualTo("1.2.3.4");
        assertThat(Names.text(four, INET6)).isEqualTo("::ffff:1.2.3.4");
        assertThat(Names.text(address("::1"), INET6)).isEqualTo("::1");
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4, 7, 1.2.3.4",
        "fe80::1, 0, fe80::1",
        "fe80::1, 2147483647, fe80::1%2147483647",
        "fec0::1, 1, fec0::1%1",
        "ff02::1, -1, ff02::1%4294967295",
        "2001:db8::1, 1, 2001:db8::1%1",
        "::1, 1, ::1%1",
    })
    void aScopeIsWrittenBehindTheAddress(String host, int scope, String text) throws Exception {
        assertThat(Names.text(address(host), scope)).isEqualTo(text);
    }

    @Test
    void theScopeOfAnAddressOfOneLinkIsWrittenByName() throws Exception {
        NetworkInterface loopback = NetworkInterface.getByInetAddress(address("127.0.0.1"));

        String text = '%' + loopback.getName();
        assertThat(Names.text(address("fe80::1"), loopback.getIndex())).isEqualTo("fe80::1" + text);
        assertThat(Names.text(address("ff12::1"), loopback.getIndex())).isEqualTo("ff12::1" + text);
    }

    // ---------------------------------------------------------------- names

    @Test
    void numericTextIsNotLookedUp() throws Exception {
        assertThat(Names.resolve("1.2.3.4", null)).containsExactly(address("1.2.3.4"));
        assertThat(Names.resolve("0x7f.1", INET)).containsExactly(address("127.0.0.1"));
        assertThat(Names.resolve("::1", null)).containsExactly(address("::1"));
        assertThat(Names.numeric("localhost")).isNull();
        assertThat(Names.numeric("1.2.3.4 whatever")).isNull();
    }

    @Test
    void numericTextOfTheOtherFamilyIsNothing() throws Exception {
        assertThat(Names.resolve("1.2.3.4", INET6)).isEmpty();
        assertThat(Names.resolve("::1", INET)).isEmpty();
    }

    @Test
    void aMappedAddressIsOfIPv4ToTheJdk() throws Exception {
        List<InetAddress> found = Names.resolve("::ffff:1.2.3.4", null);

        assertThat(found).hasSize(1);
        assertThat(Names.text(found.get(0), INET6)).isEqualTo("::ffff:1.2.3.4");
    }

    @Test
    void aScopeByNumberIsKept() throws Exception {
        InetAddress scoped = Names.numeric("fe80::1%1");

        assertThat(scoped).isInstanceOf(Inet6Address.class);
        assertThat(((Inet6Address) java.util.Objects.requireNonNull(scoped)).getScopeId())
                .isOne();
        assertThat(Names.numeric("fe80::g%1")).isNull();
    }

    @Test
    void localhostIsTheMachine() throws Exception {
        assertThat(Names.resolve("localhost", INET)).contains(address("127.0.0.1"));
    }

    @Test
    void aNameThatIsTooLongIsUnknown() {
        assertThatExceptionOfType(UnknownHostException.class).isThrownBy(() -> Names.resolve("x".repeat(300), null));
    }
}
