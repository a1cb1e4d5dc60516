// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.config;

/**
 * An error that an ADK agent reports with an exception class of its own library.
 *
 * <p>{@link #nameOf} gives the name under which such an agent prints it, so that the verdicts of
 * this agent can be compared with those of a real one.
 */
public class AdkException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The exception classes of the library that this agent needs. */
    public enum Kind {
        CONFIG("openadk.library.tools.cfg.ADKConfigException"),
        MAPPING("openadk.library.tools.mapping.ADKMappingException"),
        NOT_SUPPORTED("openadk.library.ADKNotSupportedException"),
        TRANSPORT("openadk.library.ADKTransportException"),
        MESSAGING("openadk.library.ADKMessagingException");

        private final String className;

        Kind(String className) {
            this.className = className;
        }
    }

    private final Kind kind;

    public AdkException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public AdkException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** The class name under which a real agent would print this exception. */
    public static String nameOf(Throwable thrown) {
        return thrown instanceof AdkException ? ((AdkException) thrown).kind.className : thrown.getClass().getName();
    }

    @Override
    public String toString() {
        return kind.className + ": " + getMessage();
    }
}
