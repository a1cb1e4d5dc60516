// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import k12.lab.config.AdkException;
import k12.lab.config.AgentConfig;
import k12.lab.config.AgentSettings;
import k12.lab.config.SifVersion;
import k12.lab.config.Transport;
import k12.lab.config.Zone;
import k12.lab.mapping.FieldMapping;
import k12.lab.mapping.Mapping;
import k12.lab.mapping.Mappings;
import k12.lab.mapping.ObjectMapping;
import k12.lab.mapping.ValueSet;

/** {@code check FILE...}: what an ADK agent makes of each file, one line of JSON per file. */
final class CheckCommand {
    private CheckCommand() {
    }

    static int run(List<String> files) {
        for (String file : files) {
            System.out.println(Json.write(verdict(file)));
        }
        return 0;
    }

    /** The effective settings, or the stage (read, version, apply) at which the agent stops and why. */
    static Map<String, Object> verdict(String file) {
        String stage = "read";
        try {
            AgentConfig config = AgentConfig.read(file);
            stage = "version";
            SifVersion version = config.version().requireSupported();
            stage = "apply";
            return describe(config, version, new AgentSettings(config));
        } catch (Exception failure) {
            Map<String, Object> result = new HashMap<>();
            result.put("ok", false);
            result.put("stage", stage);
            result.put("exception", AdkException.nameOf(failure));
            result.put("message", failure.getMessage());
            return result;
        }
    }

    private static Map<String, Object> describe(AgentConfig config, SifVersion version, AgentSettings settings)
            throws AdkException {
        Map<String, Object> result = new HashMap<>();
        result.put("ok", true);
        result.put("sourceId", config.sourceId());
        result.put("sifVersion", version.toString());
        result.put("agentProperties", settings.properties().own());
        Map<String, Object> transports = new HashMap<>();
        transports.put("http", describe(settings.transport("http")));
        transports.put("https", describe(settings.transport("https")));
        result.put("transports", transports);
        List<Object> zones = new ArrayList<>();
        settings.zones().forEach(zone -> zones.add(describe(zone)));
        result.put("zones", zones);
        result.put("rootMappingObjects", describeObjects(config.mappings()));
        result.put("mappings", describeChildren(config.mappings()));
        return result;
    }

    private static Map<String, Object> describe(Transport transport) {
        Map<String, Object> result = new HashMap<>();
        result.put("enabled", transport.isEnabled());
        result.put("port", transport.port());
        result.put("properties", transport.own());
        if (transport.isSecure()) {
            result.put("keyStore", transport.get("keyStore"));
            result.put("keyStorePassword", transport.keyStorePassword());
            result.put("trustStore", transport.get("trustStore"));
            result.put("trustStorePassword", transport.trustStorePassword());
            result.put("requireClientAuth", transport.requiresClientAuth());
            result.put("hostnameVerifier", transport.get("hostnameVerifier"));
        }
        return result;
    }

    private static Map<String, Object> describe(Zone zone) {
        Map<String, Object> result = new HashMap<>();
        result.put("id", zone.id());
        result.put("url", zone.url().toString());
        result.put("template", zone.template());
        result.put("templateFound", zone.templateFound());
        result.put("mode", zone.isPush() ? "PUSH" : "PULL");
        result.put("transport", zone.transport());
        result.put("transportMatchesUrl", zone.transportMatchesUrl());
        result.put("pullFrequency", zone.pullFrequency());
        result.put("pullDelayOnError", zone.pullDelayOnError());
        result.put("maxBufferSize", zone.maxBufferSize());
        result.put("provisioningMode", zone.provisioningMode());
        result.put("legacyProvisioning", zone.legacyProvisioning());
        result.put("overrideSifVersions", zone.overrideSifVersions());
        result.put("zisVersion", zone.zisVersion());
        result.put("authenticationLevel", zone.authenticationLevel());
        result.put("encryptionLevel", zone.encryptionLevel());
        result.put("ownProperties", zone.properties().own());
        return result;
    }

    private static List<Object> describeChildren(Mappings mappings) {
        List<Object> result = new ArrayList<>();
        mappings.children().forEach(child -> result.add(describe(child)));
        return result;
    }

    private static Map<String, Object> describe(Mappings mappings) {
        Map<String, Object> result = new HashMap<>();
        result.put("id", mappings.id());
        result.put("zoneId", String.join(",", mappings.zoneIds()));
        result.put("sourceId", String.join(",", mappings.sourceIds()));
        List<String> versions = new ArrayList<>();
        mappings.versions().forEach(version -> versions.add(version.toString()));
        result.put("sifVersion", String.join(",", versions));
        result.put("properties", mappings.properties());
        result.put("objects", describeObjects(mappings));
        Map<String, Object> valueSets = new HashMap<>();
        mappings.valueSets().forEach((id, set) -> valueSets.put(id, describe(set)));
        result.put("valuesets", valueSets);
        result.put("children", describeChildren(mappings));
        return result;
    }

    private static Map<String, Object> describeObjects(Mappings mappings) {
        Map<String, Object> result = new HashMap<>();
        mappings.objects().forEach((type, object) -> result.put(type, describe(object)));
        return result;
    }

    private static Map<String, Object> describe(ObjectMapping object) {
        List<Object> rules = new ArrayList<>();
        for (Mapping rule : object.rules()) {
            rules.add(rule instanceof FieldMapping ? describe((FieldMapping) rule) : Map.of("list", rule.toString()));
        }
        return Map.of("fields", rules.size(), "rules", rules);
    }

    private static Map<String, Object> describe(FieldMapping field) {
        Map<String, Object> result = new HashMap<>();
        result.put("key", field.key());
        result.put("name", field.name());
        result.put("rule", field.rule());
        result.put("ruleType", field.isOtherId() ? "OtherIdRule" : "XPathRule");
        putIfPresent(result, "alias", field.alias());
        putIfPresent(result, "default", field.defaultValue());
        putIfPresent(result, "ifnull", field.ifNull());
        putIfPresent(result, "valueset", field.valueSet());
        if (field.filter() != null) {
            putIfPresent(result, "direction", field.filter().direction());
            putIfPresent(result, "sifVersion", field.filter().version());
        }
        return result;
    }

    private static Map<String, Object> describe(ValueSet set) {
        List<Object> entries = new ArrayList<>();
        for (ValueSet.Entry entry : set.entries()) {
            Map<String, Object> described = new HashMap<>();
            described.put("name", entry.name());
            described.put("value", entry.value());
            described.put("title", entry.title());
            putIfPresent(described, "default", entry.defaultText());
            entries.add(described);
        }
        return Map.of("title", set.title(), "count", set.size(), "entries", entries);
    }

    private static void putIfPresent(Map<String, Object> map, String key, String value) {
        if (value != null) {
            map.put(key, value);
        }
    }
}
