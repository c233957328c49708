// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import io.millrace.core.ColumnVisitor;
import io.millrace.core.TableSchema;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Bugs that decoders of binlogs have had, and the types in which they show. */
enum PlantedBug {
    SIGN_OF_TIME_LOST(ValueType.TIME) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onTime(int column, long micros) {
                    to.onTime(column, Math.abs(micros));
                }
            };
        }
    },
    NEGATIVE_FRACTION_OF_TIME_NOT_BORROWED(ValueType.TIME) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onTime(int column, long micros) {
                    boolean borrows = micros < 0 && micros % 1_000_000 != 0;
                    to.onTime(column, borrows ? micros - 1_000_000 : micros);
                }
            };
        }
    },
    UNSIGNED_READ_AS_SIGNED(
            ValueType.TINYINT_UNSIGNED,
            ValueType.SMALLINT_UNSIGNED,
            ValueType.MEDIUMINT_UNSIGNED,
            ValueType.INT_UNSIGNED) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onLong(int column, long value) {
                    int unused = switch (schema.column(column).nativeType()) {
                        case "tinyint unsigned" -> 56;
                        case "smallint unsigned" -> 48;
                        case "mediumint unsigned" -> 40;
                        case "int unsigned" -> 32;
                        default -> 0;
                    };
                    to.onLong(column, value << unused >> unused);
                }
            };
        }
    },
    LARGEST_UNSIGNED_READ_AS_SIGNED(ValueType.BIGINT_UNSIGNED) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onUnsignedLong(int column, long bits) {
                    if (schema.column(column).nativeType().startsWith("bit")) {
                        to.onUnsignedLong(column, bits);
                    } else {
                        to.onLong(column, bits);
                    }
                }
            };
        }
    },
    PADDING_OF_BINARY_LOST(ValueType.BINARY) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onBytes(int column, byte[] bytes, int offset, int length) {
                    int end = length;
                    boolean padded = schema.column(column).nativeType().startsWith("binary");
                    while (padded && end > 0 && bytes[offset + end - 1] == 0) {
                        end--;
                    }
                    to.onBytes(column, bytes, offset, end);
                }
            };
        }
    },
    PADDING_OF_CHAR_KEPT(ValueType.CHAR) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onUtf8(int column, byte[] utf8, int offset, int length) {
                    if (schema.column(column).nativeType().startsWith("char")) {
                        String padded = new String(utf8, offset, length, StandardCharsets.UTF_8) + " ";
                        byte[] bytes = padded.getBytes(StandardCharsets.UTF_8);
                        to.onUtf8(column, bytes, 0, bytes.length);
                    } else {
                        to.onUtf8(column, utf8, offset, length);
                    }
                }
            };
        }
    },
    SPACES_AT_THE_END_OF_VARCHAR_LOST(ValueType.VARCHAR) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onUtf8(int column, byte[] utf8, int offset, int length) {
                    int end = length;
                    boolean cut = schema.column(column).nativeType().startsWith("varchar");
                    while (cut && end > 0 && utf8[offset + end - 1] == ' ') {
                        end--;
                    }
                    to.onUtf8(column, utf8, offset, end);
                }
            };
        }
    },
    FLOAT_ROUNDED_AS_ITS_TEXT(ValueType.FLOAT) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onFloat(int column, float value) {
                    to.onFloat(column, Float.parseFloat("%.5e".formatted(value)));
                }
            };
        }
    },
    SIGN_OF_ZERO_LOST(ValueType.FLOAT, ValueType.DOUBLE) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onFloat(int column, float value) {
                    to.onFloat(column, value + 0f);
                }

                @Override
                public void onDouble(int column, double value) {
                    to.onDouble(column, value + 0d);
                }
            };
        }
    },
    SCALE_OF_DECIMAL_LOST(ValueType.DECIMAL) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onDecimal(int column, byte[] ascii, int offset, int length) {
                    boolean cut = schema.column(column).scale() > 1 && ascii[offset + length - 1] == '0';
                    to.onDecimal(column, ascii, offset, cut ? length - 1 : length);
                }
            };
        }
    },
    ZERO_TIMESTAMP_READ_AS_1970(ValueType.TIMESTAMP) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onDateTime(
                        int column, int year, int month, int day, int hour, int minute, int second, int micros) {
                    if (schema.column(column).nativeType().startsWith("timestamp")) {
                        to.onTimestamp(column, 0, 0);
                    } else {
                        to.onDateTime(column, year, month, day, hour, minute, second, micros);
                    }
                }
            };
        }
    },
    PARTIAL_DATES_ROLLED_OVER(ValueType.DATE) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onDate(int column, int year, int month, int day) {
                    to.onDate(column, year, Math.max(month, 1), Math.max(day, 1));
                }
            };
        }
    },
    BYTES_OF_BIT_TURNED_ROUND(ValueType.BIT) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onUnsignedLong(int column, long bits) {
                    boolean turned = schema.column(column).nativeType().equals("bit(64)");
                    to.onUnsignedLong(column, turned ? Long.reverseBytes(bits) : bits);
                }
            };
        }
    },
    ENUMS_ERROR_VALUE_IS_THE_FIRST_MEMBER(ValueType.ENUM) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onUtf8(int column, byte[] utf8, int offset, int length) {
                    if (length == 0 && schema.column(column).nativeType().startsWith("enum")) {
                        to.onUtf8(column, new byte[] {'m', '0', 'x'}, 0, 3);
                    } else {
                        to.onUtf8(column, utf8, offset, length);
                    }
                }
            };
        }
    },
    SPACES_OF_JSON_LEFT_OUT(ValueType.JSON) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onJson(int column, byte[] utf8, int offset, int length) {
                    String text = new String(utf8, offset, length, StandardCharsets.UTF_8).replace(", ", ",");
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    to.onJson(column, bytes, 0, bytes.length);
                }
            };
        }
    },
    SRID_LOST(
            ValueType.GEOMETRY,
            ValueType.POINT,
            ValueType.LINESTRING,
            ValueType.POLYGON,
            ValueType.MULTIPOINT,
            ValueType.MULTILINESTRING,
            ValueType.MULTIPOLYGON,
            ValueType.GEOMETRYCOLLECTION) {
        @Override
        ColumnVisitor over(ColumnVisitor right, TableSchema schema) {
            return new ForwardingVisitor(right) {
                @Override
                public void onGeometry(int column, int srid, byte[] wkb, int offset, int length) {
                    to.onGeometry(column, 0, wkb, offset, length);
                }
            };
        }
    };

    private final Set<ValueType> types;

    PlantedBug(ValueType... types) {
        this.types = EnumSet.copyOf(List.of(types));
    }

    Set<ValueType> types() {
        return types;
    }

    /** {@return a visitor that stands before the right one and spoils what it is shown} */
    abstract ColumnVisitor over(ColumnVisitor right, TableSchema schema);
}
