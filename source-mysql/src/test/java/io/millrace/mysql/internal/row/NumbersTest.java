// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(MySqlExtension.class)
class NumbersTest {

    private static Session session;

    @BeforeAll
    static void connect(MySqlServer server) throws SQLException {
        session = new Session(server);
    }

    @AfterAll
    static void disconnect() throws SQLException {
        session.close();
    }

    private static ColumnCase column(String type) {
        return new ColumnCase(session, type);
    }

    @Test
    void shouldReadIntegersWithAndWithoutSign() throws SQLException {
        column("tinyint").holds("-128", "-1", "0", "1", "127");
        column("tinyint unsigned").holds("0", "1", "127", "128", "255");
        column("smallint").holds("-32768", "-1", "0", "32767");
        column("smallint unsigned").holds("0", "32768", "65535");
        column("mediumint").holds("-8388608", "-1", "0", "8388607");
        column("mediumint unsigned").holds("0", "8388608", "16777215");
        column("int").holds("-2147483648", "-1", "0", "2147483647");
        column("int unsigned").holds("0", "2147483648", "4294967295");
        column("bigint").holds("-9223372036854775808", "-1", "0", "9223372036854775807");
        column("bigint unsigned").holds("0", "9223372036854775808", "18446744073709551615");
    }

    @Test
    void shouldReadYearsFromZeroOn() throws SQLException {
        column("year").askedBy("c+0").holds("0", "1901", "1970", "2000", "2155");
    }

    @Test
    void shouldReadBits() throws SQLException {
        column("bit(1)").askedBy("c+0").holds("b'0'", "b'1'");
        column("bit(7)").askedBy("c+0").holds("b'0'", "b'1010101'", "b'1111111'");
        column("bit(8)").askedBy("c+0").holds("b'0'", "b'10000000'", "b'11111111'");
        column("bit(9)").askedBy("c+0").holds("b'0'", "b'100000000'", "b'111111111'");
        column("bit(64)").askedBy("c+0").holds("0", "1", "~0", "1<<63");
    }

    @Test
    void shouldReadFloatingPointNumbersExactly() throws SQLException {
        column("float")
                .asDouble()
                .holds(
                        "0",
                        "-0e0",
                        "0.1",
                        "1.1",
                        "-3.4028234663852886e38",
                        "3.4028234663852886e38",
                        "1.401298464324817e-45",
                        "1.17549435e-38",
                        "16777217",
                        "123456789");
        column("float unsigned").asDouble().holds("0", "0.5");
        column("double")
                .asDouble()
                .holds(
                        "0",
                        "-0e0",
                        "0.1",
                        "1.7976931348623157e308",
                        "-1.7976931348623157e308",
                        "4.9e-324",
                        "2.2250738585072014e-308",
                        "9007199254740993",
                        "1.2345678901234567",
                        "2e-44");
        column("double unsigned").asDouble().holds("0", "0.5");
    }

    @Test
    void shouldReadDecimalsDigitByDigit() throws SQLException {
        column("decimal(10,2)")
                .holds("0", "0.01", "-0.01", "-0.5", "1", "-1", "12345678.90", "99999999.99", "-99999999.99");
        column("decimal(10,2) unsigned").holds("0", "99999999.99");
        column("decimal(65,30)")
                .holds(
                        "0",
                        "1e-30",
                        "-1e-30",
                        "12345678901234567890123456789012345.123456789012345678901234567890",
                        "-99999999999999999999999999999999999.999999999999999999999999999999");
        column("decimal(65,0)").holds("0", "9".repeat(65), "-" + "9".repeat(65), "1000000000", "-7");
        column("decimal(30,30)").holds("0", "0." + "9".repeat(30), "-0." + "0".repeat(29) + "1");
        column("decimal(1,0)").holds("0", "9", "-9");
        column("decimal(1,1)").holds("0", "0.9", "-0.1");
        column("decimal(9,0)").holds("999999999", "-100000000", "1");
        column("decimal(18,9)").holds("999999999.999999999", "-0.000000001", "1.000000000");
        column("decimal(20,9)").holds("10000000000.000000001", "-99999999999.999999999");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldReadRandomDecimalsOfAnyPrecision(long seed) throws SQLException {
        Random random = new Random(seed);
        for (int round = 0; round < 12; round++) {
            int precision = 1 + random.nextInt(65);
            int scale = random.nextInt(Math.min(precision, 30) + 1);
            List<String> literals = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                int digits = 1 + random.nextInt(precision);
                String number = new BigInteger(4 * digits, random).toString();
                String cut = number.substring(0, Math.min(number.length(), digits));
                literals.add((random.nextBoolean() ? "-" : "") + cut + "e-" + scale);
            }
            literals.replaceAll(literal -> new BigDecimal(literal).toPlainString());
            column("decimal(" + precision + "," + scale + ")").holds(literals);
        }
    }
}
