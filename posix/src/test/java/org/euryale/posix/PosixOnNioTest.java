package org.euryale.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keeps docs/posix-on-nio.md true to the tests: each row has an anchor of its own and names a test that exists. */
class PosixOnNioTest {
    private static final Pattern ANCHOR = Pattern.compile("^\\| <a id=\"([a-z0-9-]+)\"></a>\\S");
    private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)` \\|$");

    /** The rows of all tables. */
    static List<String> rows() throws IOException {
        return Files.readAllLines(Path.of("..", "docs", "posix-on-nio.md")).stream()
                .filter(line -> line.startsWith("|") && !line.startsWith("| row |") && !line.startsWith("|---"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aRowHasAnAnchorAndNamesATest(String row) throws Exception {
        assertThat(ANCHOR.matcher(row).find()).as("anchor").isTrue();
        Matcher test = TEST.matcher(row);
        assertThat(test.find()).as("test").isTrue();

        Class<?> type = Class.forName("org.euryale.posix." + test.group(1));

        assertThat(Arrays.stream(type.getDeclaredMethods())
                        .filter(method -> method.isAnnotationPresent(Test.class)
                                || method.isAnnotationPresent(ParameterizedTest.class))
                        .map(method -> method.getName()))
                .contains(test.group(2));
    }

    @Test
    void noAnchorIsThereTwice() throws Exception {
        List<String> anchors = new ArrayList<>();
        for (String row : rows()) {
            Matcher anchor = ANCHOR.matcher(row);
            assertThat(anchor.find()).isTrue();
            anchors.add(anchor.group(1));
        }

        assertThat(anchors).doesNotHaveDuplicates().hasSizeGreaterThan(20);
    }

    /** A limit of the JDK that is tested and not told is as bad as the other way round. */
    @Test
    void everyTestOfALimitHasARow() throws Exception {
        String page = String.join("\n", rows());

        for (Class<?> limits :
                List.of(JdkLimitsTest.class, JdkReadinessLimitsTest.class, JdkDatagramLimitsTest.class)) {
            for (var method : limits.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Test.class)) {
                    assertThat(page).contains("`" + limits.getSimpleName() + "." + method.getName() + "`");
                }
            }
        }
    }
}
