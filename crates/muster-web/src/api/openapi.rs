//! The description of the API (OpenAPI 3.1), made from the list of endpoints and the types that they read and answer with.

use crate::{
    api::{
        endpoint::{Answered, Call, Endpoint, NoBody, NoPath, NoQuery, Operation, Sent},
        problem::{ApiProblem, Details},
        routes::ENDPOINTS,
    },
    routes::Right,
};
use axum::http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

const ABOUT: &str = "Everything that the admin pages show and decide, for programs. Send an API token in the header \
    `Authorization: Bearer TOKEN`. What changes employees is carried out as a job.";

/// The description of the API.
pub fn description() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let problem = generator.subschema_for::<Details>();
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in ENDPOINTS {
        let operation = operation(endpoint, &mut generator);
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        if let Some(methods) = path.as_object_mut() {
            methods.insert(endpoint.method.as_str().to_lowercase(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Muster",
            "version": "1",
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "responses": {
                "Problem": {
                    "description": "Why the request was not answered with what it asked for.",
                    "content": { "application/problem+json": { "schema": problem } },
                },
            },
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "mst_ and 64 hexadecimal digits" },
            },
        },
    })
}

fn operation(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let success = json!({
        "description": endpoint.summary,
        "content": { (endpoint.answer_type): { "schema": (endpoint.answer_schema)(generator) } },
    });
    let mut responses = Map::new();
    responses.insert(endpoint.status.as_str().to_owned(), success);
    for status in refusals(endpoint) {
        let problem = json!({ "$ref": "#/components/responses/Problem" });
        responses.insert(status.to_owned(), problem);
    }
    let mut operation = json!({
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [tag(endpoint.path)],
        "parameters": parameters(endpoint, generator),
        "responses": responses,
    });
    let Some(members) = operation.as_object_mut() else {
        return operation;
    };
    if let Some(schema) = endpoint.body_schema {
        let content = json!({ "application/json": { "schema": schema(generator) } });
        members.insert(
            "requestBody".to_owned(),
            json!({ "required": true, "content": content }),
        );
    }
    if let Right::Workspace(role) = endpoint.right {
        members.insert("x-role".to_owned(), json!(role.as_str()));
    }
    operation
}

/// The statuses of problems that an endpoint may answer with.
fn refusals(endpoint: &Endpoint) -> Vec<&'static str> {
    let mut all = vec!["400", "401", "403", "404", "429", "503"];
    if endpoint.method != Method::GET {
        all.extend(["409", "412", "422"]);
    }
    if endpoint.body_schema.is_some() {
        all.extend(["413", "415"]);
    }
    if endpoint.name == "list_changes" {
        all.push("410");
    }
    all.sort_unstable();
    all
}

/// What an endpoint is about: `runs` of `/api/v1/workspaces/{workspace}/runs/{run}`.
fn tag(path: &str) -> &str {
    let of_api = path.strip_prefix("/api/v1/").unwrap_or(path);
    let of_workspace = of_api.strip_prefix("workspaces/{workspace}/");
    of_workspace
        .unwrap_or(of_api)
        .split('/')
        .next()
        .unwrap_or_default()
}

fn parameters(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Vec<Value> {
    let of_path = properties(&(endpoint.path_schema)(generator));
    let mut all = Vec::new();
    for part in endpoint.path.split('/') {
        let name = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'));
        let Some(name) = name else { continue };
        let schema = of_path
            .get(name)
            .cloned()
            .unwrap_or_else(|| json!({ "type": "string" }));
        all.push(parameter("path", name, schema, true));
    }
    let query = (endpoint.query_schema)(generator);
    let required: Vec<&str> = query
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    for (name, schema) in properties(&query) {
        let is_required = required.contains(&name.as_str());
        all.push(parameter("query", &name, schema, is_required));
    }
    all
}

fn properties(schema: &Schema) -> Map<String, Value> {
    let found = schema.get("properties").and_then(Value::as_object);
    found.cloned().unwrap_or_default()
}

fn parameter(place: &str, name: &str, mut schema: Value, is_required: bool) -> Value {
    let mut about = Value::Null;
    if let Some(members) = schema.as_object_mut() {
        about = members.remove("description").unwrap_or_default();
        // A parameter is absent rather than null.
        if let Some(kinds) = members.get_mut("type").filter(|kinds| kinds.is_array()) {
            let kind = kinds
                .as_array()
                .and_then(|kinds| kinds.iter().find(|kind| *kind != "null"));
            *kinds = kind.cloned().unwrap_or_default();
        }
        if let Some(Value::Array(one_of)) = members.get("anyOf") {
            let first = one_of.iter().find(|one| one["type"] != "null").cloned();
            schema = first.unwrap_or_default();
        }
    }
    let mut parameter =
        json!({ "in": place, "name": name, "required": is_required, "schema": schema });
    if about.is_string() {
        parameter["description"] = about;
    }
    parameter
}

/// The answer of the endpoint that describes the API.
pub(crate) struct Document;

impl Serialize for Document {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        description().serialize(serializer)
    }
}

impl JsonSchema for Document {
    fn schema_name() -> Cow<'static, str> {
        "Document".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "description": "A description in the form of OpenAPI 3.1." })
    }
}

pub(crate) struct Show;

impl Operation for Show {
    const PATH: &'static str = "/api/v1/openapi.json";
    const RIGHT: Right = Right::SignedIn;
    const NAME: &'static str = "get_description";
    const SUMMARY: &'static str = "This description";
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Document;

    fn perform(_: &Call, _: Sent<Self>) -> Result<Answered<Document>, ApiProblem> {
        Ok(Document.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn description_has_every_endpoint_with_a_name_of_its_own() {
        let document = description();
        let mut names = BTreeSet::new();
        for endpoint in ENDPOINTS {
            let method = endpoint.method.as_str().to_lowercase();
            let operation = &document["paths"][endpoint.path][&method];
            assert_eq!(operation["operationId"], endpoint.name, "{}", endpoint.path);
            assert!(
                names.insert(endpoint.name),
                "{} is there twice",
                endpoint.name
            );
            let named: Vec<&str> = operation["parameters"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|one| one["in"] == "path")
                .map(|one| one["name"].as_str().unwrap())
                .collect();
            assert_eq!(named.len(), endpoint.path.matches('{').count());
        }
    }

    #[test]
    fn every_reference_of_the_description_leads_somewhere() {
        let document = description();
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"").skip(1) {
            let path = reference.split('"').next().unwrap();
            let pointer = path.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{path}");
        }
    }

    #[test]
    fn optional_parameters_have_one_type() {
        let schema = json!({ "type": ["integer", "null"], "description": "How many." });
        let made = parameter("query", "limit", schema, false);
        assert_eq!(made["schema"], json!({ "type": "integer" }));
        assert_eq!(made["description"], "How many.");
    }
}
