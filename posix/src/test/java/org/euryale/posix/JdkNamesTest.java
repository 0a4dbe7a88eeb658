package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.euryale.posix.TestProcess.address;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names without the C library. Nothing here asks a server but for a name that cannot exist (RFC 6761). */
class JdkNamesTest {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int AI_PASSIVE = 1;
    private static final int AI_CANONNAME = 2;
    private static final int AI_NUMERICHOST = 4;
    private static final int NUMERIC = 3;

    private final JdkNames names = new JdkNames();

    private static void fails(int number, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatExceptionOfType(NameException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.number()).isEqualTo(number));
    }

    @Test
    void anAddressHasThreeKinds() throws Exception {
        assertThat(names.addresses("127.0.0.1", "80", 0, 0, 0, AI_CANONNAME))
                .containsExactly(
                        new AddressInfo(AF_INET, 1, 6, "127.0.0.1", address("127.0.0.1"), 80, 0),
                        new AddressInfo(AF_INET, 2, 17, null, address("127.0.0.1"), 80, 0),
                        new AddressInfo(AF_INET, 3, 0, null, address("127.0.0.1"), 80, 0));
        assertThat(names.addresses("::1", "domain", 0, 2, 0, 0))
                .containsExactly(new AddressInfo(AF_INET6, 2, 17, null, address("::1"), 53, 0));
    }

    @Test
    void noHostIsTheMachineOrTheWildcard() throws Exception {
        assertThat(names.addresses(null, "0", 0, 1, 0, 0))
                .extracting(AddressInfo::address)
                .containsExactly(address("::1"), address("127.0.0.1"));
        assertThat(names.addresses(null, "0", AF_INET, 1, 0, AI_PASSIVE))
                .extracting(AddressInfo::address)
                .containsExactly(address("0.0.0.0"));
    }

    @Test
    void failuresHaveTheNumbersOfGetaddrinfo() {
        fails(NameException.EAI_NONAME, () -> names.addresses(null, null, 0, 0, 0, 0));
        fails(NameException.EAI_NONAME, () -> names.addresses("localhost", null, 0, 0, 0, AI_NUMERICHOST));
        fails(NameException.EAI_FAMILY, () -> names.addresses("127.0.0.1", null, 99, 0, 0, 0));
        fails(NameException.EAI_SOCKTYPE, () -> names.addresses("127.0.0.1", null, 0, 99, 0, 0));
        fails(NameException.EAI_SERVICE, () -> names.addresses("127.0.0.1", "nosuch", 0, 1, 0, 0));
        fails(NameException.EAI_ADDRFAMILY, () -> names.addresses("::1", null, AF_INET, 0, 0, 0));
    }

    @Test
    void anUnknownNameFailsEachTimeThoughPerhapsForAnotherReason() {
        List<Integer> possible = List.of(NameException.EAI_NONAME, NameException.EAI_AGAIN);
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(NameException.class)
                    .isThrownBy(() -> names.addresses("unknown.invalid", null, 0, 0, 0, 0))
                    .satisfies(e -> assertThat(possible).contains(e.number()));
        }
    }

    @Test
    void anAddressAndAPortInText() throws Exception {
        assertThat(names.name(address("127.0.0.1"), 80, 0, 0, NUMERIC))
                .isEqualTo(new NameService.NameInfo("127.0.0.1", "80"));
        assertThat(names.name(address("127.0.0.1"), 80, 0, 0, 1))
                .isEqualTo(new NameService.NameInfo("127.0.0.1", "http"));
        assertThat(names.name(address("2001:db8::1"), 80, 0, 5, NUMERIC))
                .isEqualTo(new NameService.NameInfo("2001:db8::1%5", "80"));
    }

    @Test
    void hostsByNameAndByAddress() throws Exception {
        assertThat(names.hostByName("localhost").addresses()).contains(address("127.0.0.1"));
        assertThat(names.hostByAddress(address("127.0.0.1")).name()).isNotEmpty();
        assertThatExceptionOfType(NameException.class)
                .isThrownBy(() -> names.hostByName("x".repeat(300)))
                .satisfies(e -> assertThat(e.ofHost()).isTrue());
    }

    @Test
    void servicesAndProtocolsAreThoseOfTheFiles() {
        assertThat(names.servicePort("http", "tcp")).isEqualTo(80);
        assertThat(names.serviceName(53, null)).isEqualTo("domain");
        assertThat(names.protocol("udp")).isEqualTo(17);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12})
    void aNumberIsFoundByItsText(int number) {
        String text = NameException.ofAddress(number).text();

        assertThat(NameException.numberIn("host.example: " + text)).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({"1, Unknown host", "2, Host name lookup failure", "4, No address associated with name"})
    void hostErrorsHaveTheTextsOfHstrerror(int number, String text) {
        assertThat(NameException.ofHost(number).text()).isEqualTo(text);
    }
}
