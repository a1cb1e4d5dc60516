// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.config;

import java.util.List;
import java.util.Objects;

/** A SIF version number such as 2.3 or 1.5r1. */
public final class SifVersion implements Comparable<SifVersion> {
    /** What an ADK agent supports, oldest first. */
    public static final List<SifVersion> SUPPORTED = List.of(
            new SifVersion(1, 1, 0), new SifVersion(1, 5, 1), new SifVersion(2, 0, 0), new SifVersion(2, 0, 1),
            new SifVersion(2, 1, 0), new SifVersion(2, 2, 0), new SifVersion(2, 3, 0), new SifVersion(2, 4, 0),
            new SifVersion(2, 5, 0), new SifVersion(2, 6, 0));
    public static final SifVersion LATEST = SUPPORTED.get(SUPPORTED.size() - 1);
    public static final SifVersion SIF_2_0 = SUPPORTED.get(2);

    private final int major;
    private final int minor;
    private final int revision;

    private SifVersion(int major, int minor, int revision) {
        this.major = major;
        this.minor = minor;
        this.revision = revision;
    }

    /**
     * Reads {@code major.minor[rN]} or {@code 1.*}/{@code 2.*}. Blanks are not trimmed, and a text
     * without a dot fails in String.substring, both as in a real agent.
     *
     * @throws IllegalArgumentException when a number does not parse
     * @throws StringIndexOutOfBoundsException when there is no dot
     */
    public static SifVersion parse(String text) {
        String lower = text.toLowerCase(java.util.Locale.ROOT);
        int dot = lower.indexOf('.');
        try {
            int major = Integer.parseInt(lower.substring(0, dot));
            int r = lower.indexOf('r');
            if (r >= 0) {
                return new SifVersion(major, Integer.parseInt(lower.substring(dot + 1, r)),
                        Integer.parseInt(lower.substring(r + 1)));
            }
            if (lower.substring(dot + 1).equals("*")) {
                return newest(major, text);
            }
            return new SifVersion(major, Integer.parseInt(lower.substring(dot + 1)), 0);
        } catch (NumberFormatException bad) {
            throw new IllegalArgumentException(text + " is an invalid version string", bad);
        }
    }

    private static SifVersion newest(int major, String text) {
        if (major == 1) {
            return SUPPORTED.get(1);
        }
        if (major == 2) {
            return LATEST;
        }
        throw new IllegalArgumentException("SIFVersion " + text + " is not supported.");
    }

    public int major() {
        return major;
    }

    /** @throws AdkException when the library does not know this version; the text names 2.6, as there. */
    public SifVersion requireSupported() throws AdkException {
        if (!SUPPORTED.contains(this)) {
            throw new AdkException(AdkException.Kind.NOT_SUPPORTED,
                    "SIF " + LATEST + " is not supported by the ADK");
        }
        return this;
    }

    public SifVersion min(SifVersion other) {
        return compareTo(other) <= 0 ? this : other;
    }

    @Override
    public int compareTo(SifVersion other) {
        if (major != other.major) {
            return Integer.compare(major, other.major);
        }
        return minor != other.minor ? Integer.compare(minor, other.minor) : Integer.compare(revision, other.revision);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SifVersion && compareTo((SifVersion) other) == 0;
    }

    @Override
    public int hashCode() {
        return Objects.hash(major, minor, revision);
    }

    @Override
    public String toString() {
        return major + "." + minor + (revision < 1 ? "" : "r" + revision);
    }
}
