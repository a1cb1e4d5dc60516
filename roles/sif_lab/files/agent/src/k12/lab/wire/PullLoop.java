// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.wire;

import k12.lab.config.AdkException;
import k12.lab.config.Zone;

/** Polls the ZIS for messages every pullFrequency milliseconds, for as long as the agent runs. */
final class PullLoop implements Runnable {
    private static final int STATUS_IMMEDIATE = 1;
    private static final int STATUS_RECEIVER_SLEEPING = 8;

    private final ZoneSession session;
    private final ZisConnection zis;
    private final MessageFactory messages;
    private final Zone zone;
    private final AgentLog log;

    PullLoop(ZoneSession session, ZisConnection zis, MessageFactory messages, Zone zone, AgentLog log) {
        this.session = session;
        this.zis = zis;
        this.messages = messages;
        this.zone = zone;
        this.log = log;
    }

    @Override
    public void run() {
        try {
            long pause = 0;
            while (pause >= 0 && session.isConnected()) {
                Thread.sleep(pause);
                pause = poll();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes messages until there are none, then says how long to wait; negative to stop for good. */
    private long poll() {
        String where = "$" + zone.id();
        try {
            while (session.isConnected()) {
                Message answer = zis.send(messages.systemControl("SIF_GetMessage"));
                if (answer.hasError()) {
                    log.error(where, "SIF_GetMessage refused: " + answer.errorText());
                    // Registered for Push at the ZIS: asking on would never bring anything.
                    return answer.hasError(5, 9) ? -1 : zone.pullFrequency();
                }
                Message delivered = answer.delivered();
                if (delivered == null) {
                    return answer.status() == STATUS_RECEIVER_SLEEPING ? zone.pullDelayOnError() : zone.pullFrequency();
                }
                session.handle(delivered);
                zis.send(session.acknowledge(delivered, STATUS_IMMEDIATE));
            }
        } catch (AdkException | RuntimeException failure) {
            log.error(where, "An error occurred while polling: " + failure.getMessage());
        }
        return zone.pullFrequency();
    }
}
