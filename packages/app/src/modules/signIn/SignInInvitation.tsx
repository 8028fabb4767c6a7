import { Alert, Button, Container, Flex, Text } from '@backstage/ui';
import { LogoMark } from '../nav/Logo';

/** The way to the provider, and why the last one led nowhere. */
export const SignInInvitation = (props: {
  message: string;
  error?: string;
  onGo: () => void;
}) => (
  <Container>
    <main>
      <Flex direction="column" gap="4" mt="9" align="start">
        <LogoMark size={44} />
        <Text as="h1" variant="title-medium">
          Fairway
        </Text>
        {props.error && (
          <Alert
            status="danger"
            title="You could not be signed in"
            description={props.error}
          />
        )}
        <Text>{props.message}.</Text>
        <Button onPress={props.onGo}>Sign in</Button>
      </Flex>
    </main>
  </Container>
);
