// SPDX-License-Identifier: Apache-2.0
package io.millrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The BOM has no parent, so that nobody gets our dependencies' versions with it; this keeps it in step all the same. */
class PublishedVersionsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Element PARENT = pom("");
    private static final Element BOM = pom("bom");

    @Test
    void shouldGiveTheBomTheVersionOfTheParent() {
        assertThat(text(BOM, "version"))
                .as("raise the version in bom/pom.xml together with all others")
                .isEqualTo(text(PARENT, "version"));
    }

    @Test
    void shouldNameEveryPublishedModuleInTheBom() {
        List<String> published = new ArrayList<>();
        for (Element module : elements(PARENT, "modules/module")) {
            Element pom = pom(module.getTextContent());
            boolean library = text(pom, "packaging").isEmpty()
                    && !text(pom, "properties/not.published").equals("true");
            if (library) {
                published.add(text(pom, "artifactId"));
            }
        }

        assertThat(elements(BOM, "dependencyManagement/dependencies/dependency"))
                .as("list each published module in bom/pom.xml, and no other")
                .extracting(dependency -> text(dependency, "artifactId"))
                .containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void shouldPinTheBomsPluginsToTheParentsVersions() {
        assertThat(plugins(PARENT))
                .as("take plugin versions in bom/pom.xml from the parent")
                .containsAllEntriesOf(plugins(BOM));
    }

    private static Map<String, String> plugins(Element pom) {
        Map<String, String> versions = new TreeMap<>();
        for (Element plugin : elements(pom, "build/pluginManagement/plugins/plugin")) {
            versions.put(text(plugin, "artifactId"), text(plugin, "version"));
        }
        return versions;
    }

    private static Element pom(String module) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(ROOT.resolve(module).resolve("pom.xml").toFile())
                    .getDocumentElement();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SAXException | ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(Element from, String path) {
        return elements(from, path).stream()
                .map(Element::getTextContent)
                .findFirst()
                .orElse("");
    }

    private static List<Element> elements(Element from, String path) {
        try {
            NodeList nodes =
                    (NodeList) XPathFactory.newInstance().newXPath().evaluate(path, from, XPathConstants.NODESET);
            List<Element> elements = new ArrayList<>();
            for (int i = 0; i < nodes.getLength(); i++) {
                elements.add((Element) nodes.item(i));
            }
            return elements;
        } catch (XPathExpressionException e) {
            throw new IllegalArgumentException(path, e);
        }
    }
}
